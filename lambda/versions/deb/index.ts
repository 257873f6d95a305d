import type { VersionScheme } from '../scheme.ts';
import { compareDeb, isDebVersion } from './order.ts';

/** Versions of Debian, Ubuntu and the distributions made from them. Echo builds on Debian. */
export const deb = {
  id: 'deb',
  title: 'Debian',
  urls: [
    'https://www.debian.org/doc/debian-policy/ch-controlfields.html#version',
    'https://github.com/google/osv.dev/blob/7e6c189879195a8aad33ccbf27fe9344f3479632/osv/ecosystems/echo.py',
  ],
  ecosystems: ['Debian', 'Ubuntu', 'Echo'],
  isValid: isDebVersion,
  compare: compareDeb,
} as const satisfies VersionScheme;
