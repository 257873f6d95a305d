import { compareRpmIgnoringEpoch, compareToBound, schemeForEcosystem } from '../../versions/index.ts';
import { feedTraits } from '../distributions/index.ts';

/** The order of an ecosystem's versions as a match needs it. */
export type VersionRules = {
  /** Two versions as advisories write them. */
  compare(a: string, b: string): number | undefined;
  /** An installed version against an advisory's; undefined when either has no place in the order. */
  compareInstalled(installed: string, bound: string): number | undefined;
  isComparable(version: string): boolean;
};

/** `ignoreEpochs`: for rpm names whose epoch is unknown; feeds that omit them ignore them anyway. Undefined without a known order. */
export function versionRules(ecosystem: string, ignoreEpochs = false): VersionRules | undefined {
  const scheme = schemeForEcosystem(ecosystem);
  if (scheme === undefined) return undefined;
  const isComparable = (version: string): boolean => scheme.isValid(version);
  if (ignoreEpochs || feedTraits(ecosystem).omitsEpochs === true) {
    return { compare: compareRpmIgnoringEpoch, compareInstalled: compareRpmIgnoringEpoch, isComparable };
  }
  return {
    compare: (a, b) => scheme.compare(a, b),
    compareInstalled: (installed, bound) => compareToBound(scheme, installed, bound),
    isComparable,
  };
}

const EPOCH = /^\d{1,10}:/;

/** An rpm version without its `epoch:`. */
export function withoutEpoch(version: string): string {
  return version.replace(EPOCH, '');
}
