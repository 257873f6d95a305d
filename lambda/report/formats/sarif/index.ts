import type { Log } from 'sarif';
import type { ReportFormat } from '../format.ts';
import { jsonText } from '../json-text.ts';
import { runOf } from './run.ts';

/** https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html : one run for each image and platform. */
export const sarif = {
  id: 'sarif',
  title: 'SARIF 2.1.0, for code scanning pages',
  mediaType: 'application/sarif+json',
  render(reports) {
    const log: Log = {
      $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
      version: '2.1.0',
      runs: reports.map(runOf),
    };
    return jsonText(log);
  },
} as const satisfies ReportFormat;
