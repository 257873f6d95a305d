import { type ImageReport, outcomeOfAll } from '../../lambda/report/index.ts';
import { safeText } from '../../lambda/shared/text.ts';

type Coverage = ImageReport['coverage'][number];

const OLD: ReadonlySet<string> = new Set(['feed-stale', 'feed-old']);

/**
 * What those must know who only look at the exit code or pipe the report on: one sentence each, without a line break.
 * `offline` says whose fault missing advisories are.
 */
export function warningsOf(reports: readonly ImageReport[], offline: boolean): readonly string[] {
  const feeds = reports.flatMap(({ coverage }) => coverage.filter(({ subject }) => subject === 'feed'));
  const missing = namesOf(feeds.filter(({ outcome }) => outcome === 'none'));
  const old = feeds.filter(({ reason }) => reason !== undefined && OLD.has(reason));
  const warnings: string[] = [];
  if (missing.length > 0) {
    const advice = offline ? '; fetch them with backline db update' : '';
    warnings.push(`there are no advisories of ${listed(missing)}${advice}`);
  }
  if (old.length > 0) {
    const names = namesOf(old);
    const why = names.length === 1 ? `: ${safeText(old[0]?.detail ?? '')}` : '';
    warnings.push(`the advisories of ${listed(names)} are old${why}`);
  }
  if (outcomeOfAll(reports) !== 'complete')
    warnings.push('not everything could be read or matched: see the coverage section of the report');
  return warnings;
}

function namesOf(coverage: readonly Coverage[]): readonly string[] {
  return [...new Set(coverage.map(({ name }) => safeText(name)))];
}

function listed(names: readonly string[]): string {
  return names.length === 1 ? `${names[0]}` : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
