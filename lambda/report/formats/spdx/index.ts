import type { ReportFormat } from '../format.ts';
import { jsonText } from '../json-text.ts';
import { documentOf } from './document.ts';

/** https://spdx.github.io/spdx-spec/v2.3/ : packages of all reports in one document. */
export const spdx = {
  id: 'spdx',
  title: 'SPDX 2.3 JSON: bill of materials with licences',
  mediaType: 'application/spdx+json',
  render: (reports) => jsonText(documentOf(reports)),
} as const satisfies ReportFormat;
