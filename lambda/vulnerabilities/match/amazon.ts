import { compareRpmIgnoringEpoch } from '../../versions/index.ts';
import type { Advisory } from '../advisory.ts';
import { withoutEpoch } from './version-rules.ts';

/** The version at the end of a topic's name: `kernel-5.10`, `postgresql13`, `mate-desktop1.x`. */
const TOPIC_LINE = /(?<line>\d{1,4}(?:\.\d{1,4})*)(?:\.x)?$/;
const LEADING_NUMBERS = /^\d+(?:\.\d+)?/;

type Repository = { readonly own: readonly Advisory[]; readonly claim: Claim };
/** Whether a topic named by a version is meant: it is the installed line, another one, or the name does not tell. */
type Claim = 'own-line' | 'other-line' | 'unknown';

/**
 * Amazon Linux 2 has the same package name in several repositories: core has kernel 4.14, the extras topics 5.4, 5.10 and
 * 5.15. A fix in one says nothing of a package from another, which would always be older or always newer. rpm does not
 * keep the repository, so it is told by the version line:
 * 1. a topic named by a version (`kernel-5.10`) whose fixes begin with it speaks of installed versions that do, and then
 *    nobody else does but those with a fix of the same major.minor (GraphicsMagick is 1.3 in core and as a topic);
 * 2. otherwise, when some repository has a fix of the installed major.minor, those whose fixes are all newer are of
 *    another line (dnsmasq: core 2.76, topic from 2.88 on);
 * 3. otherwise all that 1 has not ruled out.
 */
export function fromInstalledRepository(
  advisories: readonly Advisory[],
  version: string,
): readonly Advisory[] {
  if (advisories.every(({ affected }) => affected.repository === undefined)) return advisories;
  const installed = withoutEpoch(version);
  const repositories = [...Map.groupBy(advisories, repositoryOf)].map(
    ([name, own]): Repository => ({ own, claim: claimOf(name, own, installed) }),
  );
  const possible = repositories.filter(({ claim }) => claim !== 'other-line');
  const isSameLine = ({ own }: Repository): boolean =>
    fixesOf(own).some((fix) => minorLine(fix) === minorLine(installed));
  if (possible.some(({ claim }) => claim === 'own-line')) {
    return speaking(possible, (one) => one.claim === 'own-line' || isSameLine(one));
  }
  if (!possible.some(isSameLine)) return speaking(possible, () => true);
  return speaking(possible, (one) => isSameLine(one) || hasOlderFix(one, installed));
}

function speaking(
  repositories: readonly Repository[],
  speaks: (one: Repository) => boolean,
): readonly Advisory[] {
  return repositories.filter(speaks).flatMap(({ own }) => own);
}

function hasOlderFix({ own }: Repository, installed: string): boolean {
  return fixesOf(own).some((fix) => (compareRpmIgnoringEpoch(fix, installed) ?? 0) < 0);
}

function repositoryOf({ affected }: Advisory): string {
  return affected.repository ?? 'core';
}

function claimOf(repository: string, advisories: readonly Advisory[], installed: string): Claim {
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
