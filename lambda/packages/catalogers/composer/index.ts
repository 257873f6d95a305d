import { MiB } from '../../../shared/units.ts';
import type { Cataloger } from '../../cataloger.ts';
import { toPackage } from './package.ts';
import { parseInstalled } from './parse.ts';

const FILE_NAME = 'composer/installed.json';

/**
 * PHP packages that Composer installed: what `composer show` lists, development packages too when they were installed. The
 * vendor folder's name is configurable (Nextcloud has `3rdparty`), so only `composer/installed.json` is asked for.
 * composer.lock is not read: it says what was wanted, not what is there.
 */
export const composer = {
  id: 'composer',
  version: 1,
  title: 'PHP packages installed by Composer',
  urls: ['https://getcomposer.org/doc/06-config.md#vendor-dir'],
  files: ['**/composer/installed.json'],
  maxBytes: 16 * MiB,
  matches: (path) => path === FILE_NAME || path.endsWith(`/${FILE_NAME}`),
  parse(file) {
    const { entries, problems } = parseInstalled(file.bytes(), file.path);
    return { outputs: entries.map((entry) => ({ kind: 'package', package: toPackage(entry) })), problems };
  },
} as const satisfies Cataloger;
