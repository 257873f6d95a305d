import { SEVERITY_LEVELS, type SeverityLevel } from '../../lambda/vulnerabilities/index.ts';
import { EXIT } from './failure.ts';
import type { IntegrationScan } from './integrations-scan-text.ts';

/** What a run came to, as JSON: what was listed and each image that is new, with the summary of its platforms. */
export function jsonText(scans: readonly IntegrationScan[]): string {
  const integrations = scans.map((scan) => {
    if (!('scanned' in scan)) {
      const { code, message, retryable } = scan.error;
      return { id: scan.id, error: { code, message, retryable } };
    }
    const { discovery, images } = scan.scanned;
    return {
      id: scan.id,
      discovery,
      knownBefore: discovery.images - discovery.requested,
      images: images.map(({ repository, tags, digest, outcome, record }) => ({
        repository,
        tags,
        digest,
        ...outcome,
        platforms: record?.platforms ?? [],
      })),
    };
  });
  return `${JSON.stringify({ integrations }, null, 2)}\n`;
}

/**
 * 1 when an image has a finding at or over `failOn`; else 3 when something could not be listed or scanned, or, if `strict`, not
 * all of it read and matched; else 0. Malware counts as critical.
 */
export function exitCodeOf(
  scans: readonly IntegrationScan[],
  failOn: SeverityLevel | undefined,
  strict: boolean,
): number {
  const listed = scans.flatMap((scan) => ('scanned' in scan ? [scan.scanned] : []));
  const images = listed.flatMap((scanned) => scanned.images);
  const platforms = images.flatMap(({ record }) => record?.platforms ?? []);
  const counted = failOn === undefined ? [] : SEVERITY_LEVELS.slice(0, SEVERITY_LEVELS.indexOf(failOn) + 1);
  const isGrave = ({ byLevel, malware }: (typeof platforms)[number]): boolean =>
    malware > 0 || counted.some((level) => (byLevel[level] ?? 0) > 0);
  if (failOn !== undefined && platforms.some(isGrave)) return EXIT.findings;
  const isUnread = images.some(({ outcome }) => UNREAD.has(outcome.outcome));
  const isUnlisted = listed.some(({ discovery }) => discovery.gaps.length + discovery.moreGaps > 0);
  const isUnscanned = platforms.some(
    ({ outcome }) => outcome === 'none' || (strict && outcome === 'partial'),
  );
  return listed.length < scans.length || isUnread || isUnlisted || isUnscanned ? EXIT.failed : EXIT.ok;
}

/** Outcomes after which nothing is known of an image; one that is none of a container has nothing to know. */
const UNREAD: ReadonlySet<string> = new Set(['failed', 'busy', 'disconnected']);
