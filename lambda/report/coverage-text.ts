import type { Coverage } from '../shared/coverage.ts';
import type { ImageReport } from './report.ts';

/** The subjects of which something could not be read or matched: those of which nothing could first. */
export function gapsOf(report: Pick<ImageReport, 'coverage'>): readonly Coverage[] {
  const gaps = report.coverage.filter((entry) => entry.outcome !== 'complete');
  return gaps.sort((a, b) => Number(b.outcome === 'none') - Number(a.outcome === 'none'));
}

/** A gap as one sentence: `os debian 12: not covered (feed-missing): the database has nothing on it`. */
export function gapText({ subject, name, outcome, reason, detail }: Coverage): string {
  const extent = outcome === 'none' ? 'not covered' : 'covered in part';
  const because = reason === undefined ? '' : ` (${reason})`;
  return `${subject} ${name}`.trim() + `: ${extent}${because}${detail === undefined ? '' : `: ${detail}`}`;
}

/** What filters took out, as a sentence; undefined when nothing was. */
export function hiddenText({ hidden }: Pick<ImageReport, 'hidden'>): string | undefined {
  if (hidden === undefined || hidden.severity + hidden.unfixed === 0) return undefined;
  const parts = [
    ...(hidden.severity > 0 ? [`${hidden.severity} by severity`] : []),
    ...(hidden.unfixed > 0 ? [`${hidden.unfixed} without a fix`] : []),
  ];
  const count = hidden.severity + hidden.unfixed;
  return `${count} ${count === 1 ? 'finding' : 'findings'} hidden by filters: ${parts.join(', ')}`;
}
