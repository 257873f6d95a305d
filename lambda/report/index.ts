export { type ExitRules, exitCodeFor } from './exit.ts';
export { applyFilters, type Filters } from './filter.ts';
export type { RenderOptions, ReportFormat } from './formats/format.ts';
export { formatById, REPORT_FORMATS, type ReportFormatId } from './formats/index.ts';
export { type ReportDocument, reportDocumentSchema, reportJsonSchema } from './formats/json/document.ts';
export { json as jsonFormat } from './formats/json/index.ts';
export { isClean, type Outcome, outcome, outcomeOfAll } from './outcome.ts';
export { type ImageReport, imageReportSchema, REPORT_SCHEMA_VERSION, type ReportLayer } from './report.ts';
export { type Summary, summarise } from './summary.ts';
