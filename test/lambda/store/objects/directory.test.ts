import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type ObjectStore, openObjectDirectory } from '../../../../lambda/store/index.ts';
import { codeOf } from '../../../support/code-of.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';
import { keepsObjects } from '../objects-contract.ts';

const run = promisify(execFile);

/** Adds one to a number in an object, `times` times, as any number of processes may at once. */
const COUNTING = `
  const [door, folder, times] = process.argv.slice(1);
  const { openObjectDirectory } = await import(door);
  const store = openObjectDirectory(folder);
  for (let done = 0; done < Number(times); ) {
    const found = await store.get('counter');
    const next = Buffer.from(String(Number(found?.bytes ?? 0) + 1));
    const condition = found === undefined ? { absent: true } : { revision: found.revision };
    try {
      await store.put('counter', next, condition);
      done += 1;
    } catch (error) {
      if (error.code !== 'object-changed') throw error;
    }
  }`;

describe('store/objects/directory', () => {
  const path = temporaryDirectory();
  let store: ObjectStore;
  beforeAll(() => {
    store = openObjectDirectory(path('objects', 'made'));
  });

  keepsObjects({ store: () => store, path });

  it('makes folders and files for their owner alone', async () => {
    await store.put('modes/a/b', Buffer.from('x'));

    const found = await readdir(path('objects'), { recursive: true, withFileTypes: true });
    const modes = await Promise.all(
      found.map(async (entry) => {
        const { mode } = await stat(join(entry.parentPath, entry.name));
        return `${entry.isDirectory() ? 'folder' : 'file'} ${(mode & 0o777).toString(8)}`;
      }),
    );
    expect([...new Set(modes)].sort()).toEqual(['file 600', 'folder 700']);
  });

  it('leaves nothing unfinished behind, whether a write succeeds or fails', async () => {
    await store.put('tidy', Buffer.from('x'));
    await codeOf(() => store.put('tidy', Buffer.from('y'), { absent: true }));
    await codeOf(() => store.put('tidy', { file: path('missing') }));

    expect(await readdir(path('objects', 'made', ',unfinished'))).toEqual([]);
  });

  it('removes what a process that died left unfinished, and nothing newer', async () => {
    const folder = path('leftovers');
    await mkdir(join(folder, ',unfinished'), { recursive: true });
    for (const name of ['old', 'new']) await writeFile(join(folder, ',unfinished', name), 'half');
    const twoDaysAgo = new Date(Date.now() - 2 * 24 * 3600 * 1000);
    await utimes(join(folder, ',unfinished', 'old'), twoDaysAgo, twoDaysAgo);

    await openObjectDirectory(folder).put('any', Buffer.from('x'));

    expect(await readdir(join(folder, ',unfinished'))).toEqual(['new']);
  });

  it('keeps its conditions between processes', async () => {
    const folder = path('counted');
    const door = new URL('../../../../lambda/store/index.ts', import.meta.url).href;

    await Promise.all(
      [1, 2, 3, 4].map(() =>
        run(process.execPath, ['--no-warnings', '--input-type=module', '-e', COUNTING, door, folder, '25']),
      ),
    );

    expect(await readFile(join(folder, 'counter'), 'utf8')).toBe('100');
  });

  it('reports a folder that cannot be made', async () => {
    await writeFile(path('a-file'), '');
    const other = openObjectDirectory(path('a-file', 'objects'));

    await expect(other.put('any', Buffer.from('x'))).rejects.toMatchObject({
      code: 'store-unavailable',
      retryable: false,
    });
  });

  it('reports an object that cannot be read', async () => {
    await mkdir(path('objects', 'made', 'folder'), { recursive: true });

    expect(await codeOf(() => store.get('folder'))).toBe('store-unavailable');
  });
});
