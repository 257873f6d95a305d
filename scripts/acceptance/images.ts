import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  type LayerAnalyzer,
  type LayerResult,
  overlayLayers,
  readImages,
  readLayer,
} from '../../lambda/image/index.ts';
import { type CatalogerOutput, catalogers } from '../../lambda/packages/index.ts';
import { openSource } from '../../lambda/registry/index.ts';
import { analyseImage } from '../../lambda/scan/index.ts';
import type { AcceptanceResult } from './result.ts';

const manifestSchema = z.object({
  files: z.array(
    z.object({
      file: z.string(),
      kind: z.string(),
      observed: z
        .object({
          kind: z.string().optional(),
          os_release: z.string().optional(),
          apk_packages: z.int().optional(),
          dpkg_stanzas: z.int().optional(),
          rpm: z.object({ packages: z.int() }).optional(),
          members: z.int().optional(),
        })
        .optional(),
    }),
  ),
});
type Entry = z.infer<typeof manifestSchema>['files'][number];

/** Signing keys that rpm stores like packages; an independent reader counts them, an inventory does not. */
const CENTOS_SIGNING_KEYS = 2;

/**
 * Reads every image and bare layer below `inputs/image` and compares with what an independent reader found: the
 * distribution, the number of OS packages, the entries of bare layers, and that nothing throws.
 */
export async function checkImages(sharedDirectory: string): Promise<AcceptanceResult> {
  const inputs = join(sharedDirectory, 'inputs');
  const { files } = manifestSchema.parse(JSON.parse(readFileSync(join(inputs, 'MANIFEST.json'), 'utf8')));
  const result = { name: 'images', passed: 0, failed: [] as string[], notes: [] as string[] };
  const images = files.filter(({ kind }) => kind === 'image');
  for (const entry of images) {
    try {
      const wrong =
        entry.observed?.kind === 'tar'
          ? await checkLayer(inputs, entry)
          : await checkImage(inputs, entry, result.notes);
      if (wrong.length === 0) result.passed += 1;
      else result.failed.push(`${entry.file}: ${wrong.join('; ')}`);
    } catch (error) {
      result.failed.push(`${entry.file}: ${String(error)}`);
    }
  }
  const listed = new Set(images.map(({ file }) => file));
  for (const name of readdirSync(join(inputs, 'image'))) {
    if (!listed.has(`image/${name}`) && !name.endsWith('.json'))
      result.failed.push(`image/${name} is not in MANIFEST.json`);
  }
  const wrong = await checkViews(inputs);
  result.failed.push(...wrong);
  result.passed += VIEWS.length - wrong.length;
  return result;
}

async function checkImage(
  inputs: string,
  { file, observed = {} }: Entry,
  notes: string[],
): Promise<string[]> {
  const source = await openSource(join(inputs, file));
  try {
    const [image] = await readImages(source, 'all');
    if (image === undefined) return ['no image'];
    const { distro, packages, coverage } = await analyseImage(source, image, {
      catalogers,
      known: new Map(),
    });
    const wrong: string[] = [];
    const count = (type: string): number => packages.filter((found) => found.type === type).length;
    const expect = (
      what: string,
      found: string | number | undefined,
      wanted: string | number | undefined,
    ): void => {
      if (wanted !== undefined && found !== wanted)
        wrong.push(`${what}: found ${String(found)}, expected ${String(wanted)}`);
    };
    expect('apk packages', count('apk'), observed.apk_packages);
    expect('dpkg packages', count('deb'), observed.dpkg_stanzas);
    expect(
      'rpm packages',
      count('rpm'),
      observed.rpm === undefined ? undefined : observed.rpm.packages - CENTOS_SIGNING_KEYS,
    );
    expect('distribution', distro?.id, releaseField(observed.os_release, 'ID'));
    expect('release', distro?.version, releaseField(observed.os_release, 'VERSION_ID'));
    const gaps = coverage.filter(({ outcome }) => outcome !== 'complete').map(({ reason }) => reason);
    notes.push(`${file}: ${packages.length} packages${gaps.length > 0 ? `, gaps: ${gaps.join(', ')}` : ''}`);
    if (packages.length === 0 && gaps.length === 0) wrong.push('nothing found and nothing said about it');
    return wrong;
  } finally {
    await source.close();
  }
}

function releaseField(line: string | undefined, key: string): string | undefined {
  const found = line?.split(' ').find((part) => part.startsWith(`${key}=`));
  return found?.slice(key.length + 1).replaceAll('"', '');
}

async function checkLayer(inputs: string, { file, observed = {} }: Entry): Promise<string[]> {
  const { entries, problems } = await readTree(join(inputs, file));
  if (problems.length > 0) return problems.map(({ detail }) => detail);
  return entries === observed.members ? [] : [`${entries} entries, expected ${observed.members}`];
}

/** Wants every file, so that a view shows which paths are left. */
const everyFile: LayerAnalyzer<CatalogerOutput> = {
  id: 'every-file',
  version: 1,
  maxBytes: 1024 * 1024,
  matches: () => true,
  parse: () => ({ outputs: [{ kind: 'distro', source: 'any', fields: {} }], problems: [] }),
};

async function readTree(path: string): Promise<LayerResult<CatalogerOutput>> {
  return await readLayer(createReadStream(path), {
    digest: path,
    size: statSync(path).size,
    analyzers: [everyFile],
  });
}

/** Layers laid over each other: what must be left, and what the upper one must hide, as the upstream tests state. */
const VIEWS = [
  {
    lower: [
      { path: 'etc/profile', size: 1 },
      { path: 'etc/hosts', size: 1 },
    ],
    file: 'claircore-whiteout.layer',
    hides: ['etc/profile'],
  },
  {
    lower: [
      { path: 'a/a_file.txt', size: 1 },
      { path: 'a_root_file.txt', size: 1 },
      { path: 'b/c.txt', size: 1 },
      { path: 'keep', size: 1 },
    ],
    file: 'claircore-whiteout_advanced.layer',
    hides: ['a/a_file.txt', 'a_root_file.txt', 'b/c.txt'],
  },
  {
    lower: [
      { path: 'a/lower', size: 1 },
      { path: 'keep', size: 1 },
    ],
    file: 'claircore-whiteout_opaque.layer',
    hides: ['a/lower'],
  },
] as const;

async function checkViews(inputs: string): Promise<string[]> {
  const failed: string[] = [];
  for (const { lower, file, hides } of VIEWS) {
    const upper = await readTree(join(inputs, 'image', file));
    const base: LayerResult<CatalogerOutput> = {
      ...upper,
      files: lower.map(({ path }) => ({ path, analyzer: everyFile.id, outputs: [], problems: [] })),
      whiteouts: [],
      opaques: [],
      symlinks: [],
      hardlinks: [],
    };
    const left = overlayLayers([base, upper], [everyFile])
      .files.filter(({ layer }) => layer === 0)
      .map(({ path }) => path);
    const wanted = lower
      .map(({ path }) => path)
      .filter((path) => !(hides as readonly string[]).includes(path));
    if (left.join() !== wanted.join())
      failed.push(`${file}: left ${left.join(', ')}, expected ${wanted.join(', ')}`);
  }
  return failed;
}
