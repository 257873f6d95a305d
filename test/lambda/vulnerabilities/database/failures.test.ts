import { readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  openDatabase,
  readManifest,
  type UpdateOptions,
} from '../../../../lambda/vulnerabilities/database/index.ts';
import { codeOf } from '../../../support/code-of.ts';
import { writeMirror } from '../mirror.ts';
import { useBench } from './bench.ts';
import { debian, fixed, npm } from './records.ts';

describe('vulnerabilities/database/failures', () => {
  const bench = useBench();

  const grown = [...debian, fixed('DEBIAN-CVE-2025-0001', { 'Debian:12 new': '1' })];

  async function expectOldStateAfter(
    breakMirror: () => Promise<void> | void,
    code: string | RegExp,
  ): Promise<void> {
    await bench.publish(debian, false);
    await bench.update();
    const before = await readFile(join(bench.directory, 'manifest.json'), 'utf8');
    await bench.publish(grown, false);
    await breakMirror();

    const summary = await bench.update();

    expect(summary.failures).toHaveLength(1);
    expect(summary.failures[0]).toMatchObject({ source: expect.stringMatching(/^osv/) });
    expect(summary.failures[0]?.code).toMatch(code);
    expect(await readFile(join(bench.directory, 'manifest.json'), 'utf8')).toBe(before);
    expect(bench.fixesOf('Debian:12', 'new')).toEqual([]);
    expect(bench.fixesOf('Debian:12', 'glibc')).toHaveLength(1);
    expect(await bench.hiddenFiles()).toEqual([]);
    bench.server.fault = undefined;
    await bench.publish(grown, false);
    expect((await bench.update()).failures).toEqual([]);
    expect(bench.fixesOf('Debian:12', 'new')).toHaveLength(1);
  }

  it('keeps the old state when the archive is damaged', async () => {
    await expectOldStateAfter(async () => {
      const path = join(bench.mirrorFolder, 'Debian/all.zip');
      const zip = await readFile(path);
      const at = zip.indexOf('DEBIAN-CVE-2025-0001.json') + 'DEBIAN-CVE-2025-0001.json'.length + 10;
      zip.writeUInt8(zip.readUInt8(at) ^ 255, at);
      await writeFile(path, zip);
    }, 'feed-malformed');
  });

  it('keeps the old state when the archive is cut off on the mirror', async () => {
    await expectOldStateAfter(async () => {
      const path = join(bench.mirrorFolder, 'Debian/all.zip');
      await truncate(path, (await stat(path)).size - 30);
    }, 'feed-malformed');
  });

  it('keeps the old state when the server dies during the download', async () => {
    await expectOldStateAfter(() => {
      bench.server.fault = (path, response, file) => {
        if (!path.endsWith('all.zip')) return false;
        response.writeHead(200, { 'content-length': file.length });
        response.write(file.subarray(0, file.length / 2), () => response.destroy());
        return true;
      };
    }, /^feed-(?:unreachable|truncated)$/);
  });

  it('keeps the old state when the index is a web page', async () => {
    await expectOldStateAfter(
      () => writeFile(join(bench.mirrorFolder, 'Debian/modified_id.csv'), '<html>'),
      'feed-malformed',
    );
  });

  it('keeps the old state when the mirror answers errors', async () => {
    await expectOldStateAfter(() => {
      bench.server.fault = (_path, response) => Boolean(response.writeHead(502).end());
    }, 'feed-unreachable');
  });

  it('updates the other ecosystems when one fails', async () => {
    await writeMirror(bench.mirrorFolder, { Debian: debian, npm });
    await rm(join(bench.mirrorFolder, 'Debian/all.zip'));

    const summary = await bench.update();

    expect(summary.failures).toMatchObject([{ source: 'osv:Debian', code: 'feed-not-found' }]);
    expect(bench.fixesOf('npm', 'lodash')).toHaveLength(1);
  });

  it('reports an ecosystem the mirror does not have', async () => {
    await bench.publish(debian);

    const summary = await bench.update({ ecosystems: ['Wolfi'] });

    expect(summary).toMatchObject({
      updated: [],
      failures: [{ source: 'osv:Wolfi', code: 'feed-not-found' }],
    });
    expect(readManifest(bench.directory)).toBeUndefined();
  });

  it('changes nothing when cancelled', async () => {
    await bench.publish(debian);
    await bench.update();
    const before = await readFile(join(bench.directory, 'manifest.json'), 'utf8');
    await bench.publish(grown);
    const controller = new AbortController();
    const onProgress: UpdateOptions['onProgress'] = ({ step }) => {
      if (step === 'writing') controller.abort(new Error('cancelled by the user'));
    };

    await expect(bench.update({ signal: controller.signal, onProgress })).rejects.toThrow(
      'cancelled by the user',
    );

    expect(await readFile(join(bench.directory, 'manifest.json'), 'utf8')).toBe(before);
    expect(await bench.hiddenFiles()).toEqual([]);
  });

  it('fails with database-locked while another update of the folder runs', async () => {
    await bench.publish(debian);
    let second: string | undefined;
    const onProgress: UpdateOptions['onProgress'] = ({ step }) => {
      if (step === 'reading') void codeOf(() => bench.update()).then((code) => (second = code));
    };

    await bench.update({ onProgress });

    expect(second).toBe('database-locked');
    expect((await bench.update()).unchanged).toEqual(['osv:Debian']);
  });

  it('waits for another update when asked to', async () => {
    await bench.publish(debian);

    let waiting: ReturnType<typeof bench.update> | undefined;
    const onProgress: UpdateOptions['onProgress'] = ({ step }) => {
      if (step === 'reading') waiting ??= bench.update({ lockWaitMs: 30_000 });
    };

    const first = await bench.update({ onProgress });
    const second = await waiting;

    expect([first.updated.length, second?.updated.length]).toEqual([1, 0]);
  });

  it('rejects a mirror that is not secure before it touches the database', async () => {
    expect(await codeOf(() => bench.update({ mirror: 'http://mirror.example.com' }))).toBe('mirror-invalid');
    expect(readManifest(bench.directory)).toBeUndefined();
  });

  it('builds anew when the manifest is damaged', async () => {
    await bench.publish(debian);
    await bench.update();
    await writeFile(join(bench.directory, 'manifest.json'), '{"schemaVersion":1');

    expect(await codeOf(() => openDatabase(bench.directory))).toBe('database-invalid');
    expect((await bench.update()).updated).toHaveLength(1);
    expect(bench.fixesOf('Debian:12', 'glibc')).toHaveLength(1);
  });
});
