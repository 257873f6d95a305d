import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { reportDocumentSchema } from '../../../lambda/report/index.ts';
import { defaultLayerFolder, pruneLayers } from '../../../scripts/cli/layer-store.ts';
import { backline } from './command.ts';
import { workbench } from './workbench.ts';

describe('scripts/cli/layer-store', () => {
  const bench = workbench();

  async function scan(...flags: readonly string[]) {
    const { stdout, stderr, exitCode } = await backline([
      'scan',
      bench.vulnerable,
      ...bench.feeds('database'),
      '--format=json',
      ...flags,
    ]);
    const report = reportDocumentSchema.parse(JSON.parse(stdout)).reports[0];
    return { report, stderr, exitCode };
  }

  it('reads no layer again that an earlier scan has read', async () => {
    const folder = bench.path('layers');

    const first = await scan('--layers', folder);
    const second = await scan('--layers', folder);

    expect(first.report).toMatchObject({ layersReused: 0 });
    expect(first.report?.bytesPulled).toBeGreaterThan(0);
    expect(second.report).toMatchObject({ layersReused: 1, bytesPulled: 0 });
    expect(second.report?.findings).toEqual(first.report?.findings);
    expect(second.report?.packages).toEqual(first.report?.packages);
  });

  it('reads every layer and keeps nothing with --no-layer-cache', async () => {
    const folder = bench.path('unused');

    await scan('--layers', folder, '--no-layer-cache');

    expect((await scan('--layers', folder, '--no-layer-cache')).report).toMatchObject({ layersReused: 0 });
    await expect(readdir(folder)).rejects.toThrow('ENOENT');
  });

  it('scans with a warning when nothing can be kept', async () => {
    await writeFile(bench.path('a-file'), '');

    const { report, stderr, exitCode } = await scan('--layers', bench.path('a-file', 'layers'));

    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ layersReused: 0 });
    expect(stderr).toMatch(/^warning: layers are not kept for the next scan: .+\n$/);
  });

  it('removes the oldest of what is kept when it is too much', async () => {
    const folder = bench.path('kept');
    await mkdir(`${folder}/a`, { recursive: true });
    for (const [name, day] of Object.entries({ 'a/old': 1, 'a/new': 3, middle: 2 })) {
      await writeFile(`${folder}/${name}`, 'x'.repeat(100));
      await utimes(`${folder}/${name}`, day, day);
    }

    expect(await pruneLayers(folder, 250)).toBe(100);
    expect((await readdir(`${folder}/a`)).concat(await readdir(folder))).toEqual(['new', 'a', 'middle']);
    expect(await pruneLayers(bench.path('nowhere'), 0)).toBe(0);
  });

  it.each([
    [{ BACKLINE_LAYERS: '/layers' }, '/layers'],
    [{ XDG_CACHE_HOME: '/cache' }, '/cache/backline/layers'],
  ])('keeps them by default where %j says', (environment, folder) => {
    expect(defaultLayerFolder(environment)).toBe(folder);
  });
});
