import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256Digest } from '../../lambda/shared/digest.ts';
import { run } from '../../scripts/debian-image/tools.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Images made with umoci from files of this machine: Debian's package database, packages of npm and PyPI. */
export interface SampleImages {
  /** Pushes with skopeo what the repositories hold at first. */
  readonly pushFirst: (registry: string) => void;
  /** Pushes `team/app:2`: a layer that no other image has, over two that `team/app:1` has too. Gives its digest. */
  readonly pushSecond: (registry: string) => string;
}

/** What `pushFirst` pushes: repository to tags. Both of `team/base` are one image, `tools/multi` is an index over two platforms. */
export const FIRST_TAGS = {
  'team/base': ['12', 'latest'],
  'team/app': ['1'],
  'tools/multi': ['1'],
} as const;

/** Python packages of the interpreter, as directories below its `site-packages`. */
export function makeImages(work: string, sitePackages: string): SampleImages {
  const layout = join(work, 'layout');
  const root = (name: string): string => join(work, 'roots', name);
  const copy = (layer: string, from: string, to: string): void => {
    mkdirSync(join(root(layer), dirname(to)), { recursive: true });
    cpSync(from, join(root(layer), to), { recursive: true, dereference: true });
  };
  copy('system', '/etc/os-release', 'etc/os-release');
  copy('system', '/var/lib/dpkg/status', 'var/lib/dpkg/status');
  for (const name of ['commander', 'uuid']) npmPackage('app', name);
  npmPackage('app-update', 'zod');
  pythonPackage('amd64', 'six');
  pythonPackage('arm64', 'urllib3');

  function npmPackage(layer: string, name: string): void {
    copy(layer, join(ROOT, 'node_modules', name, 'package.json'), `srv/node_modules/${name}/package.json`);
  }
  function pythonPackage(layer: string, name: string): void {
    const folder = readdirSync(sitePackages).find((entry) => entry.startsWith(`${name}-`));
    if (folder === undefined) throw new Error(`${name} is not in ${sitePackages}`);
    copy(layer, join(sitePackages, folder), `usr/lib/python3/dist-packages/${folder}`);
  }

  run(['umoci', 'init', '--layout', layout]);
  const image = (tag: string, layers: readonly string[], architecture = 'amd64'): void => {
    run(['umoci', 'new', '--image', `${layout}:${tag}`]);
    extend(tag, layers);
    run(['umoci', 'config', '--image', `${layout}:${tag}`, `--architecture=${architecture}`, '--os=linux']);
  };
  const extend = (tag: string, layers: readonly string[]): void => {
    for (const layer of layers) {
      const step = `--history.created_by=add ${layer}`;
      run(['umoci', 'insert', '--image', `${layout}:${tag}`, step, root(layer), '/']);
    }
  };
  const copyOf = (from: string, to: string): void => {
    run(['umoci', 'tag', '--image', `${layout}:${from}`, to]);
  };
  image('base', ['system']);
  copyOf('base', 'app-1');
  extend('app-1', ['app']);
  copyOf('app-1', 'app-2');
  extend('app-2', ['app-update']);
  image('arm64', ['arm64'], 'arm64');
  copyOf('base', 'amd64');
  extend('amd64', ['amd64']);
  indexOf(layout, 'multi', ['amd64', 'arm64']);

  return {
    pushFirst: (registry) => {
      for (const tag of FIRST_TAGS['team/base']) push(layout, 'base', `${registry}/team/base:${tag}`);
      push(layout, 'app-1', `${registry}/team/app:1`);
      push(layout, 'multi', `${registry}/tools/multi:1`);
    },
    pushSecond: (registry) => {
      push(layout, 'app-2', `${registry}/team/app:2`);
      return descriptorOf(layout, 'app-2').digest;
    },
  };
}

function push(layout: string, tag: string, reference: string): void {
  run([
    'skopeo',
    'copy',
    '--all',
    '--quiet',
    '--preserve-digests',
    '--dest-tls-verify=false',
    `oci:${layout}:${tag}`,
    `docker://${reference}`,
  ]);
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

interface LayoutIndex {
  readonly manifests: readonly Descriptor[];
}

const TAG_ANNOTATION = 'org.opencontainers.image.ref.name';

/** Tags an index over the images of these architectures. */
function indexOf(layout: string, tag: string, architectures: readonly string[]): void {
  const manifests = architectures.map((architecture) => {
    const { mediaType, digest, size } = descriptorOf(layout, architecture);
    return { mediaType, digest, size, platform: { os: 'linux', architecture } };
  });
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  const digest = sha256Digest(bytes);
  writeFileSync(join(layout, 'blobs', ...digest.split(':')), bytes);
  const file = join(layout, 'index.json');
  const index = JSON.parse(readFileSync(file, 'utf8')) as LayoutIndex;
  const descriptor = { mediaType, digest, size: bytes.length, annotations: { [TAG_ANNOTATION]: tag } };
  writeFileSync(file, JSON.stringify({ ...index, manifests: [...index.manifests, descriptor] }));
}

function descriptorOf(layout: string, tag: string): Descriptor {
  const { manifests } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as LayoutIndex;
  const found = manifests.find(({ annotations }) => annotations?.[TAG_ANNOTATION] === tag);
  if (found === undefined) throw new Error(`no image ${tag} in ${layout}`);
  return found;
}
