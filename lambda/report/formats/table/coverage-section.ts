import type { Coverage } from '../../../shared/coverage.ts';
import { gapsOf, gapText } from '../../coverage-text.ts';
import { outcome } from '../../outcome.ts';
import type { ImageReport } from '../../report.ts';
import type { Paint } from './paint.ts';
import { shown } from './shown.ts';

/** Lists end after this many lines with the number left out. */
const MAX_LINES = 50;

/** Sentences may name ten packages. Characters. */
const MAX_SENTENCE = 1000;

/** Subjects that come by the dozen: their number says enough. */
const COUNTED: ReadonlySet<Coverage['subject']> = new Set(['layer', 'file']);
const PLURALS: Readonly<Record<Coverage['subject'], string>> = {
  image: 'image',
  platform: 'platforms',
  layer: 'layers',
  file: 'files',
  os: 'distribution',
  ecosystem: 'ecosystems',
  feed: 'feeds',
};

/** What was read and matched, what was not and why, and how old the advisories are. Always there. */
export function coverageSection(report: ImageReport, paint: Paint): string[][] {
  const gaps = gapsOf(report);
  return [
    [
      `${paint('bold', 'Coverage')}: ${outcomeText(report, paint)}`,
      ...limited([...completeLines(report), ...gaps.map((gap) => gapLine(gap, paint))]),
    ],
    [`${paint('bold', 'Advisories')}: ${builtText(report)}`, ...limited(feedLines(report))],
  ];
}

function outcomeText(report: ImageReport, paint: Paint): string {
  const extent = outcome(report);
  if (extent === 'complete') return paint('green', 'complete');
  return paint(
    'yellow',
    extent === 'none' ? 'none, nothing could be read and matched' : 'partial, with gaps',
  );
}

function completeLines(report: ImageReport): string[] {
  const complete = report.coverage.filter((entry) => entry.outcome === 'complete');
  const bySubject = Map.groupBy(complete, ({ subject }) => subject);
  return [...bySubject].map(([subject, entries]) => {
    const what = COUNTED.has(subject) ? String(entries.length) : entries.map(nameText).join(', ');
    return `  ok       ${PLURALS[subject]}: ${shown(what, MAX_SENTENCE)}`;
  });
}

function nameText({ name, detail }: Coverage): string {
  return detail === undefined ? name : `${name} (${detail})`;
}

function gapLine(gap: Coverage, paint: Paint): string {
  const mark = gap.outcome === 'none' ? paint('red', 'missing') : paint('yellow', 'partial');
  return `  ${mark}  ${shown(gapText(gap), MAX_SENTENCE)}`;
}

function builtText({ advisories }: ImageReport): string {
  if (advisories.builtAt === undefined) return 'no database was used';
  return `database built ${shown(advisories.builtAt)}`;
}

function feedLines({ advisories }: ImageReport): string[] {
  return advisories.feeds.map(({ name, newest, fetchedAt }) => {
    const dates = [
      ...(newest === undefined ? [] : [`newest record ${newest}`]),
      ...(fetchedAt === undefined ? [] : [`fetched ${fetchedAt}`]),
    ];
    return `  ${shown(`${name}: ${dates.length === 0 ? 'no date known' : dates.join(', ')}`)}`;
  });
}

function limited(lines: readonly string[]): string[] {
  if (lines.length <= MAX_LINES) return [...lines];
  return [
    ...lines.slice(0, MAX_LINES),
    `  and ${lines.length - MAX_LINES} more, all of them in the JSON report`,
  ];
}
