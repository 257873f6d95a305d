import type { VersionScheme } from '../scheme.ts';
import { compareNumberLists, MAX_VERSION_LENGTH } from '../text.ts';

const SHAPE = /^[0-9]+(?:[.-][0-9]+)*$/;
const SEPARATOR = /[.-]/;

/** Versions of R packages: numbers parted by dots and dashes, which mean the same; `1.0` comes before `1.0.0`. */
export const cran = {
  id: 'cran',
  title: 'CRAN',
  urls: ['https://stat.ethz.ch/R-manual/R-devel/library/base/html/numeric_version.html'],
  ecosystems: ['CRAN', 'Bioconductor'],
  isValid,
  compare: compareCran,
} as const satisfies VersionScheme;

function isValid(version: string): boolean {
  return version.length <= MAX_VERSION_LENGTH && SHAPE.test(version);
}

function compareCran(a: string, b: string): number | undefined {
  if (!isValid(a) || !isValid(b)) return undefined;
  const left = a.split(SEPARATOR);
  const right = b.split(SEPARATOR);
  return compareNumberLists(left, right) || left.length - right.length;
}
