import { z } from 'zod';
import { compareText } from '../../order.ts';
import { isClean, outcomeOfAll } from '../../outcome.ts';
import { type ImageReport, imageReportSchema, REPORT_SCHEMA_VERSION } from '../../report.ts';

/** What `--format json` writes. Published as docs/schema/report-1.schema.json. */
export const reportDocumentSchema = z
  .strictObject({
    schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
    outcome: z
      .enum(['complete', 'partial', 'none'])
      .describe('how much could be read and matched, over all reports'),
    clean: z.boolean().describe('true only when every report is complete and nothing was found in it'),
    reports: z.array(imageReportSchema).describe('one for each image and platform'),
  })
  .meta({ title: 'Backline report' });
export type ReportDocument = z.infer<typeof reportDocumentSchema>;

/** The document for some reports, its keys in the order of the schema, stages of `timings` in alphabetical order. */
export function reportDocument(reports: readonly ImageReport[]): ReportDocument {
  return reportDocumentSchema.parse({
    schemaVersion: REPORT_SCHEMA_VERSION,
    outcome: outcomeOfAll(reports),
    clean: reports.length > 0 && reports.every(isClean),
    reports: reports.map((report) => ({ ...report, timings: sortedEntries(report.timings) })),
  });
}

/** JSON Schema (2020-12) of the document. */
export function reportJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(reportDocumentSchema);
}

function sortedEntries(timings: ImageReport['timings']): ImageReport['timings'] {
  return Object.fromEntries(Object.entries(timings).sort(([a], [b]) => compareText(a, b)));
}
