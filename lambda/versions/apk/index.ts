import type { VersionScheme } from '../scheme.ts';
import { compareApk, compareApkLoosely, isApkVersion } from './order.ts';

/** Versions of Alpine and of the distributions that package with apk. */
export const apk = {
  id: 'apk',
  title: 'Alpine',
  urls: ['https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/v3.0.6/src/version.c'],
  ecosystems: [
    'Alpine',
    'Wolfi',
    'Chainguard',
    'MinimOS',
    'Alpaquita',
    'BellSoft Hardened Containers',
    'CleanStart',
  ],
  isValid: isApkVersion,
  compare: compareApk,
  compareLoosely: compareApkLoosely,
} as const satisfies VersionScheme;
