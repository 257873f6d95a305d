import type { VersionScheme } from '../scheme.ts';
import { compareGems, isGemVersion } from './order.ts';

/** Versions of Ruby gems. */
export const rubygems = {
  id: 'rubygems',
  title: 'RubyGems',
  urls: ['https://guides.rubygems.org/patterns/#semantic-versioning'],
  ecosystems: ['RubyGems'],
  isValid: isGemVersion,
  compare: compareGems,
} as const satisfies VersionScheme;
