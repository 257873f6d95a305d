import { compareSemver, isSemver } from '../precedence.ts';
import type { VersionScheme } from '../scheme.ts';

/** Semantic Versioning 2.0.0, with the loose forms that its ecosystems hold (see `precedence.ts`). */
export const semver = {
  id: 'semver',
  title: 'Semantic Versioning',
  urls: ['https://semver.org/#spec-item-11'],
  ecosystems: [
    'npm',
    'crates.io',
    'Hex',
    'Julia',
    'SwiftURL',
    'ConanCenter',
    'VSCode',
    'GitHub Actions',
    'Docker Hardened Images',
  ],
  isValid: isSemver,
  compare: compareSemver,
} as const satisfies VersionScheme;
