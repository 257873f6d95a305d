import { evaluate } from '../match/evaluate.ts';
import { versionRules } from '../match/version-rules.ts';
import type { CoverageFor, IsCovered } from '../sources/osv/index.ts';

const NO_VERSIONS: readonly string[] = [];

/**
 * What the matcher itself would say of a version from the ranges alone: a listed version it finds there need not be kept,
 * and leaving it out can change no verdict.
 */
export const coverageFor: CoverageFor = remembered((ecosystem) => {
  const rules = versionRules(ecosystem);
  if (rules === undefined) return undefined;
  return (affected, version) =>
    evaluate({ ...affected, versions: NO_VERSIONS }, version, rules) === 'affected';
});

function remembered(make: (ecosystem: string) => IsCovered | undefined): CoverageFor {
  const known = new Map<string, IsCovered | undefined>();
  return (ecosystem) => {
    if (!known.has(ecosystem)) known.set(ecosystem, make(ecosystem));
    return known.get(ecosystem);
  };
}
