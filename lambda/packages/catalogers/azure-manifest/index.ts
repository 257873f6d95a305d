import { MiB } from '../../../shared/units.ts';
import type { Cataloger } from '../../cataloger.ts';
import { parseManifest } from './parse.ts';

const MANIFEST = 'var/lib/rpmmanifest/container-manifest-2';

/** The packages of Azure Linux and CBL-Mariner images that carry a list instead of an rpm database. */
export const azureManifest = {
  id: 'azure-manifest',
  version: 1,
  title: 'Azure Linux distroless manifest',
  urls: [
    'https://github.com/microsoft/azurelinux/blob/3.0/toolkit/docs/how_it_works/5_misc.md#rpm-manifest-file',
  ],
  files: [MANIFEST],
  maxBytes: 16 * MiB,
  lookups: [MANIFEST],
  matches: (path) => path === MANIFEST,
  parse: parseManifest,
} as const satisfies Cataloger;
