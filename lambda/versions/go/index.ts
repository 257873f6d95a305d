import { compareSemver, isSemver } from '../precedence.ts';
import type { VersionScheme } from '../scheme.ts';

/**
 * Versions of Go modules: SemVer with a leading `v`, which advisories leave out. Pseudo-versions are pre-releases;
 * `+incompatible` and `+dirty` are build metadata. `(devel)` is not comparable.
 */
export const go = {
  id: 'go',
  title: 'Go',
  urls: ['https://go.dev/ref/mod#versions', 'https://go.dev/ref/mod#pseudo-versions'],
  ecosystems: ['Go'],
  isValid: isSemver,
  compare: compareSemver,
} as const satisfies VersionScheme;
