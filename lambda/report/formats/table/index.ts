import type { ReportFormat } from '../format.ts';
import { coverageSection } from './coverage-section.ts';
import { findingsSection } from './findings-section.ts';
import { painter } from './paint.ts';
import { headerSection, summarySection } from './summary-section.ts';

/** For people at a terminal: findings by target, a summary, and always what was covered and what was not. */
export const table = {
  id: 'table',
  title: 'text for terminals and logs',
  mediaType: 'text/plain',
  render(reports, { color, width }) {
    if (reports.length === 0) return 'no image was scanned\n';
    const paint = painter(color);
    const pages = reports.map((report) =>
      [
        headerSection(report, paint),
        ...findingsSection(report, paint, width),
        summarySection(report, paint),
        ...coverageSection(report, paint),
      ]
        .map((lines) => lines.join('\n'))
        .join('\n\n'),
    );
    return `${pages.join('\n\n\n')}\n`;
  },
} as const satisfies ReportFormat;
