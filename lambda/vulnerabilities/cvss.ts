import calculator from 'ae-cvss-calculator';
import type { SeverityLevel } from './finding.ts';

export type CvssVersion = '2.0' | '3.0' | '3.1' | '4.0';

/** The score of a vector (0 to 10, one decimal) with the version of the standard it is written in. */
export type CvssScore = { readonly version: CvssVersion; readonly score: number };

/** The longest vector of CVSS 4.0 with every optional metric has about 200 characters. */
const MAX_VECTOR_LENGTH = 400;
const METRIC = /^[A-Za-z]{1,3}:[A-Za-z]{1,6}$/;

/** A few hundred vectors make up nearly all advisories, and a kernel has thousands of those. */
const MAX_KNOWN = 4096;
const known = new Map<string, CvssScore | undefined>();

/**
 * The score of a CVSS vector: the base score for versions 2 and 3; for version 4 the score of the metrics given, which is
 * the base score when only base metrics are (CVSS-B). Undefined for anything that is not a complete, well-formed vector.
 * https://www.first.org/cvss/
 */
export function cvssScore(vector: string): CvssScore | undefined {
  if (vector.length > MAX_VECTOR_LENGTH) return undefined;
  if (!known.has(vector)) {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(vector, compute(vector));
  }
  return known.get(vector);
}

/**
 * The qualitative rating of a score. FIRST rates versions 3 and 4 (https://www.first.org/cvss/v3.1/specification-document
 * section 5); for version 2 it is NVD's scale, which has no "critical" (https://nvd.nist.gov/vuln-metrics/cvss).
 * A score of 0 ("None") is negligible.
 */
export function levelOfScore({ version, score }: CvssScore): SeverityLevel {
  if (version === '2.0') return score >= 7 ? 'high' : score >= 4 ? 'medium' : 'low';
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : 'negligible';
}

function compute(vector: string): CvssScore | undefined {
  const version = versionOf(vector);
  if (version === undefined || !isWellFormed(vector, version)) return undefined;
  try {
    const parsed = new CALCULATORS[version](vector);
    // The calculator answers 0 for a vector with base metrics missing, which would read as harmless.
    if (!parsed.isBaseFullyDefined()) return undefined;
    const score = parsed.calculateScores().base;
    return score === undefined || !Number.isFinite(score) ? undefined : { version, score };
  } catch {
    return undefined;
  }
}

function versionOf(vector: string): CvssVersion | undefined {
  if (vector.startsWith('CVSS:4.0/')) return '4.0';
  if (vector.startsWith('CVSS:3.1/')) return '3.1';
  if (vector.startsWith('CVSS:3.0/')) return '3.0';
  return vector.startsWith('AV:') || vector.startsWith('(AV:') ? '2.0' : undefined;
}

/** Every metric is `NAME:VALUE` and given once; the calculator itself would let the last of two win. */
function isWellFormed(vector: string, version: CvssVersion): boolean {
  const bare = vector.startsWith('(') && vector.endsWith(')') ? vector.slice(1, -1) : vector;
  const metrics = bare.split('/').slice(version === '2.0' ? 0 : 1);
  const names = new Set(metrics.map((metric) => metric.slice(0, metric.indexOf(':'))));
  return names.size === metrics.length && metrics.every((metric) => METRIC.test(metric));
}

const CALCULATORS = {
  '4.0': calculator.Cvss4P0,
  '3.1': calculator.Cvss3P1,
  '3.0': calculator.Cvss3P0,
  '2.0': calculator.Cvss2,
} as const satisfies Record<CvssVersion, unknown>;
