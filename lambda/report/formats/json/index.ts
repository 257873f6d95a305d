import type { ReportFormat } from '../format.ts';
import { jsonText } from '../json-text.ts';
import { reportDocument } from './document.ts';

/** Everything a report holds, in Backline's own words. */
export const json = {
  id: 'json',
  title: 'JSON with everything a report holds (docs/schema/report-1.schema.json)',
  mediaType: 'application/json',
  render: (reports) => jsonText(reportDocument(reports)),
} as const satisfies ReportFormat;
