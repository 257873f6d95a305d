import type { ReportFormat } from '../format.ts';
import { pageOf } from './page.ts';

/** One page that needs nothing else: no script, no font, no picture, no network. */
export const html = {
  id: 'html',
  title: 'one self-contained page for browsers and printers',
  mediaType: 'text/html',
  render: (reports) => pageOf(reports),
} as const satisfies ReportFormat;
