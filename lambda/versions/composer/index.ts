import type { VersionScheme } from '../scheme.ts';
import {
  compareComposer,
  compareComposerLoosely,
  compareComposerToBound,
  isComposerVersion,
} from './order.ts';

/** Versions of PHP packages. */
export const composer = {
  id: 'composer',
  title: 'Composer',
  urls: [
    'https://www.php.net/manual/en/function.version-compare.php',
    'https://getcomposer.org/doc/articles/versions.md',
  ],
  ecosystems: ['Packagist'],
  isValid: isComposerVersion,
  compare: compareComposer,
  compareToBound: compareComposerToBound,
  compareLoosely: compareComposerLoosely,
} as const satisfies VersionScheme;
