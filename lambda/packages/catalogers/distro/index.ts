import { MiB } from '../../../shared/units.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDistroFile, parseDistroFile } from './parse.ts';

const FILES = [
  'etc/os-release',
  'usr/lib/os-release',
  'etc/alpine-release',
  'etc/debian_version',
  'etc/lsb-release',
  'etc/redhat-release',
  'etc/centos-release',
  'etc/oracle-release',
  'etc/system-release',
  'usr/lib/system-release',
  'etc/system-release-cpe',
  'etc/apk/repositories',
  'var/lib/ubuntu-advantage/status.json',
  'root/buildinfo/labels.json',
] as const;

const DIRECTORIES = ['root/buildinfo/content_manifests/', 'usr/share/buildinfo/'] as const;

/** What tells the distribution, its release, and the repositories its packages came from. */
export const distro = {
  id: 'distro',
  version: 1,
  title: 'Distribution and repositories',
  urls: [
    'https://www.freedesktop.org/software/systemd/man/latest/os-release.html',
    'https://github.com/containerbuildsystem/atomic-reactor/blob/master/atomic_reactor/schemas/content_manifest.json',
  ],
  files: [...FILES, ...DIRECTORIES.map((directory) => `${directory}*.json`)],
  maxBytes: 4 * MiB,
  lookups: FILES,
  matches: isDistroFile,
  parse: parseDistroFile,
} as const satisfies Cataloger;
