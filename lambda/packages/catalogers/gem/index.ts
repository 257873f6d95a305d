import { MiB } from '../../../shared/units.ts';
import type { Cataloger } from '../../cataloger.ts';
import { toPackage } from './package.ts';
import { gemspecPlace, parseGemspec } from './parse.ts';

/**
 * Installed Ruby gems, the default ones that come with Ruby included: what `gem list` shows, and gems that Bundler took from
 * git. There a gemspec without RubyGems' stub comment is somebody's source and no package.
 */
export const gem = {
  id: 'gem',
  version: 1,
  title: 'Ruby gems',
  urls: ['https://guides.rubygems.org/specification-reference/'],
  files: [
    '**/specifications/*.gemspec',
    '**/specifications/default/*.gemspec',
    '**/bundler/gems/**/*.gemspec',
  ],
  maxBytes: 4 * MiB,
  matches: (path) => gemspecPlace(path) !== undefined,
  parse(file) {
    const isGit = gemspecPlace(file.path) === 'bundler-git';
    const fields = parseGemspec(file.bytes().toString('utf8'), isGit);
    if (fields !== undefined)
      return { outputs: [{ kind: 'package', package: toPackage(fields) }], problems: [] };
    if (isGit) return { outputs: [], problems: [] };
    const detail = 'no name and version that can be read without running it';
    return { outputs: [], problems: [{ code: 'malformed', detail, path: file.path }] };
  },
} as const satisfies Cataloger;
