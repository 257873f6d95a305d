import type { Advisory } from '../advisory.ts';
import { withoutEpoch } from './version-rules.ts';

/** The version at the end of a topic's name: `kernel-5.10`, `postgresql13`, `mate-desktop1.x`. */
const TOPIC_LINE = /(?<line>\d{1,4}(?:\.\d{1,4})*)(?:\.x)?$/;
const LEADING_NUMBERS = /^\d+(?:\.\d+)?/;

/**
 * Amazon Linux 2 has the same package name in several repositories: core has kernel 4.14, the extras topics 5.4, 5.10 and
 * 5.15. A fix in one says nothing of a package from another, which would always be older or always newer. rpm does not
 * keep the repository, so it is told by the version line:
 * 1. a topic named by a version (`kernel-5.10`) speaks only of installed versions that begin with it, where its own fixes
 *    do; other packages in it (`rubygem-irb` of ruby3.0) fall under 2;
 * 2. among the rest, core included, those repositories speak that have a fix with the installed major.minor; when none
 *    has, the topic of 1 alone if there is one, else all.
 * Two repositories on one line (GraphicsMagick 1.3 in core and as a topic) cannot be told apart: both speak.
 */
export function fromInstalledRepository(
  advisories: readonly Advisory[],
  version: string,
): readonly Advisory[] {
  if (advisories.every(({ affected }) => affected.repository === undefined)) return advisories;
  const installed = withoutEpoch(version);
  const repositories = [...Map.groupBy(advisories, repositoryOf)].map(([name, own]) => ({
    name,
    own,
    claim: claimOf(name, own, installed),
  }));
  const possible = repositories.filter(({ claim }) => claim !== 'other-line');
  const sameLine = possible.filter(({ own }) =>
    fixesOf(own).some((fix) => minorLine(fix) === minorLine(installed)),
  );
  if (sameLine.length > 0) return sameLine.flatMap(({ own }) => own);
  const claimed = possible.filter(({ claim }) => claim === 'own-line');
  return (claimed.length > 0 ? claimed : possible).flatMap(({ own }) => own);
}

function repositoryOf({ affected }: Advisory): string {
  return affected.repository ?? 'core';
}

function claimOf(
  repository: string,
  advisories: readonly Advisory[],
  installed: string,
): 'own-line' | 'other-line' | 'unknown' {
  const line = TOPIC_LINE.exec(repository)?.groups?.['line'];
  if (line === undefined || !fixesOf(advisories).some((fix) => isOnLine(fix, line))) return 'unknown';
  return isOnLine(installed, line) ? 'own-line' : 'other-line';
}

function isOnLine(version: string, line: string): boolean {
  return version === line || (version.startsWith(line) && !/^\d/.test(version.slice(line.length)));
}

function minorLine(version: string): string | undefined {
  return LEADING_NUMBERS.exec(version)?.[0];
}

function fixesOf(advisories: readonly Advisory[]): string[] {
  const events = advisories.flatMap(({ affected }) => affected.ranges.flatMap((range) => range.events));
  return events.flatMap((event) => ('fixed' in event ? [withoutEpoch(event.fixed)] : []));
}
