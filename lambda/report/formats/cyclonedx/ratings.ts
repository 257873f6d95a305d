import { Enums, Models } from '@cyclonedx/cyclonedx-library';
import type { Finding, SeverityLevel } from '../../../vulnerabilities/index.ts';

type Score = Finding['severity']['all'][number];

const { RatingMethod, Severity } = Enums.Vulnerability;

/** CycloneDX has no word for negligible; `info` is its level below low. */
const SEVERITIES: Readonly<Record<SeverityLevel, Enums.Vulnerability.Severity>> = {
  critical: Severity.Critical,
  high: Severity.High,
  medium: Severity.Medium,
  low: Severity.Low,
  negligible: Severity.Info,
  unknown: Severity.Unknown,
};

/** How vectors begin, by the method that reads them; CVSS 2 has no prefix of its own. */
const METHODS = [
  ['CVSS:4.', RatingMethod.CVSSv4],
  ['CVSS:3.1/', RatingMethod.CVSSv31],
  ['CVSS:3.0/', RatingMethod.CVSSv3],
  ['AV:', RatingMethod.CVSSv2],
] as const;

/** What was said of the severity: what Backline chose first, then everything else, each once. */
export function ratingsOf(findings: readonly Finding[]): Models.Vulnerability.RatingRepository {
  const scores = findings.flatMap(({ severity }) => [severity, ...severity.all]);
  const unique = new Map(scores.map((score) => [keyOf(score), score]));
  return new Models.Vulnerability.RatingRepository([...unique.values()].map(ratingOf));
}

function keyOf({ source, level, score, vector }: Score): string {
  return JSON.stringify([source, level, score, vector]);
}

function ratingOf({ source, level, score, vector }: Score): Models.Vulnerability.Rating {
  const method = METHODS.find(([prefix]) => vector?.startsWith(prefix) === true)?.[1];
  return new Models.Vulnerability.Rating({
    source: new Models.Vulnerability.Source({ name: source }),
    severity: SEVERITIES[level],
    method: method ?? RatingMethod.Other,
    ...(score === undefined ? {} : { score }),
    ...(vector === undefined ? {} : { vector }),
  });
}
