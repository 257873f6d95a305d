import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LayerAnalyzer, overlayLayers, readLayer } from '../../lambda/image/index.ts';
import { openSource } from '../../lambda/registry/index.ts';
import { installDebianTools, run } from '../../scripts/debian-image/tools.ts';
import { type EntrySpec, image, layer, writeLayoutDirectory } from '../support/image-builder.ts';

/** Wants every file: its view is the list of files with their content. */
const everything: LayerAnalyzer<string> = {
  id: 'everything',
  version: 1,
  maxBytes: 1024,
  matches: () => true,
  parse: (file) => ({ outputs: [file.bytes().toString('utf8')], problems: [] }),
};

const NAMES = ['a', 'b', 'c'];
const LINK = 's';

/** Chance writes layers that no runtime can unpack, below a link whose folder has become a file. */
const IMPOSSIBLE = /not a dir|no such file/;

/** The same numbers for the same seed: a linear congruential generator (Numerical Recipes). */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * A layer as a build tool writes it: folders before what is in them, whiteouts only of what exists below. Small names, so
 * that layers meet each other's files, folders, links and whiteouts all the time.
 */
function randomLayer(next: (below: number) => number, at: number): EntrySpec[] {
  const entries: EntrySpec[] = [];
  const taken = new Set<string>();
  const files: string[] = [];
  // As in distributions that moved /lib into /usr: a link that stands for a folder, and later layers that write below it.
  if (at === 0) entries.push({ path: 'a/', directory: true }, { path: LINK, linkTo: 'a' });
  // A later layer calls the folder by one of its two names.
  const viaLink = at > 0 && next(2) === 0;
  const spell = (path: string): string => (viaLink ? path.replace(/^a\//, `${LINK}/`) : path);
  for (let count = 2 + next(6); count > 0; count -= 1) {
    const depth = 1 + next(3);
    const names = Array.from({ length: depth }, () => NAMES[next(NAMES.length)] as string);
    const path = names.join('/');
    if (viaLink && path === 'a') continue;
    const parents = path
      .split('/')
      .slice(0, -1)
      .map((_, end, parts) => parts.slice(0, end + 1).join('/'));
    if (taken.has(path) || parents.some((parent) => files.includes(parent))) continue;
    for (const parent of parents) {
      if (!taken.has(parent) && spell(`${parent}/x`) !== `${LINK}/x`)
        entries.push({ path: `${spell(parent)}/`, directory: true });
      taken.add(parent);
    }
    taken.add(path);
    const spelt = spell(path);
    const folder = spelt.slice(0, spelt.lastIndexOf('/') + 1);
    const kind = next(10);
    const target = files[next(files.length)];
    if (kind >= 5 && kind < 7 && at > 0) entries.push({ path: `${folder}.wh.${spelt.slice(folder.length)}` });
    else if (kind === 7 && at > 0 && folder !== '') entries.push({ path: `${folder}.wh..wh..opq` });
    else if (kind === 8) entries.push({ path: `${spelt}/`, directory: true });
    else {
      entries.push(
        kind === 9 && target !== undefined
          ? { path: spelt, hardlinkTo: spell(target) }
          : { path: spelt, content: `${at}:${path}` },
      );
      files.push(path);
    }
  }
  return entries;
}

describe('e2e/overlay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'backline-overlay-'));

  beforeAll(() => installDebianTools(), 600_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function ours(layout: string): Promise<Record<string, string>> {
    const source = await openSource(`oci:${layout}:1`);
    const manifest = JSON.parse((await source.manifest()).bytes.toString('utf8')) as {
      layers: { digest: string; size: number; mediaType: string }[];
    };
    const layers = [];
    for (const descriptor of manifest.layers) {
      layers.push(await readLayer(await source.blob(descriptor), { ...descriptor, analyzers: [everything] }));
    }
    await source.close();
    const { files } = overlayLayers(layers, [everything]);
    return Object.fromEntries(files.map(({ path, outputs }) => [path, outputs[0] ?? '']));
  }

  /** What is on disk after umoci, which follows the specification independently, has unpacked the image. */
  function unpacked(layout: string, bundle: string): Record<string, string> | undefined {
    try {
      run(['umoci', 'unpack', '--image', `${layout}:1`, bundle]);
    } catch (error) {
      if (IMPOSSIBLE.test(String(error))) return undefined;
      throw error;
    }
    const root = join(bundle, 'rootfs');
    // Node's own recursive listing follows links.
    const paths = run(['find', root, '-type', 'f', '-print0'])
      .split('\0')
      .filter((path) => path !== '');
    return Object.fromEntries(paths.map((path) => [relative(root, path), readFileSync(path, 'utf8')]));
  }

  it('sees the files that umoci unpacks, in images of random layers', async () => {
    let compared = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const next = generator(seed);
      const layers = await Promise.all([0, 1, 2, 3].map((at) => layer(randomLayer(next, at))));
      const layout = join(folder, `layout-${seed}`);
      await writeLayoutDirectory(layout, [{ image: image(layers), name: '1' }]);
      const expected = unpacked(layout, join(folder, `bundle-${seed}`));
      if (expected === undefined) continue;
      compared += 1;

      expect({ seed, files: await ours(layout) }).toEqual({ seed, files: expected });
    }
    expect(compared).toBeGreaterThan(80);
  }, 600_000);
});
