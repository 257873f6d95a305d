import {
  compareRpmIgnoringEpoch,
  compareToBound,
  schemeForEcosystem,
  type VersionScheme,
} from '../../versions/index.ts';
import { feedTraits } from '../distributions/index.ts';

/** The order of an ecosystem's versions as a match needs it. */
export type VersionRules = {
  /** Two versions as advisories write them. */
  compare(a: string, b: string): number | undefined;
  /** An installed version against an advisory's; undefined when either has no place in the order. */
  compareInstalled(installed: string, bound: string): number | undefined;
  isComparable(version: string): boolean;
};

/** One object for each order: what is called a hundred thousand times should always be the same functions. */
const rulesOf = new Map<VersionScheme, VersionRules>();
const withoutEpochs = new Map<VersionScheme, VersionRules>();

/** `ignoreEpochs`: for rpm names whose epoch is unknown; feeds that omit them ignore them anyway. Undefined without a known order. */
export function versionRules(ecosystem: string, ignoreEpochs = false): VersionRules | undefined {
  const scheme = schemeForEcosystem(ecosystem);
  if (scheme === undefined) return undefined;
  const ignores = ignoreEpochs || feedTraits(ecosystem).omitsEpochs === true;
  const known = ignores ? withoutEpochs : rulesOf;
  let rules = known.get(scheme);
  if (rules === undefined) known.set(scheme, (rules = makeRules(scheme, ignores)));
  return rules;
}

function makeRules(scheme: VersionScheme, ignoreEpochs: boolean): VersionRules {
  const isComparable = (version: string): boolean => scheme.isValid(version);
  if (ignoreEpochs) {
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
