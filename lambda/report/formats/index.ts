import { cyclonedx } from './cyclonedx/index.ts';
import type { ReportFormat } from './format.ts';
import { html } from './html/index.ts';
import { json } from './json/index.ts';
import { sarif } from './sarif/index.ts';
import { spdx } from './spdx/index.ts';
import { table } from './table/index.ts';

/** Every format there is; the first is what a terminal gets. */
export const REPORT_FORMATS = [
  table,
  json,
  cyclonedx,
  spdx,
  sarif,
  html,
] as const satisfies readonly ReportFormat[];
export type ReportFormatId = (typeof REPORT_FORMATS)[number]['id'];

/** The format with this id, undefined when there is none. */
export function formatById(id: string): ReportFormat | undefined {
  return REPORT_FORMATS.find((format) => format.id === id);
}
