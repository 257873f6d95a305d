import type { VersionScheme } from '../scheme.ts';
import { comparePep440, comparePep440Loosely, comparePep440ToBound, isPep440 } from './order.ts';

/** Versions of Python packages. */
export const pep440 = {
  id: 'pep440',
  title: 'PEP 440',
  urls: ['https://packaging.python.org/en/latest/specifications/version-specifiers/'],
  ecosystems: ['PyPI'],
  isValid: isPep440,
  compare: comparePep440,
  compareToBound: comparePep440ToBound,
  compareLoosely: comparePep440Loosely,
} as const satisfies VersionScheme;
