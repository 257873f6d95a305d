import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readArchive } from '../../../../../lambda/vulnerabilities/sources/osv/index.ts';
import { codeOf } from '../../../../support/code-of.ts';
import { zipOf } from '../../mirror.ts';

describe('vulnerabilities/sources/osv/archive', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'archive-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function readAll(
    zip: Buffer,
    wanted: (id: string) => boolean = () => true,
  ): Promise<Record<string, string>> {
    const path = join(folder, 'all.zip');
    await writeFile(path, zip);
    const found: Record<string, string> = {};
    for await (const { id, bytes } of readArchive(path, wanted)) found[id] = bytes.toString('utf8');
    return found;
  }

  const long = JSON.stringify({ text: 'compress me '.repeat(500) });

  it('gives the wanted records by id', async () => {
    const zip = await zipOf({
      'A-1.json': long,
      'A-2.json': '{}',
      'README.md': 'no record',
      'sub/A-3.json': '{}',
    });

    expect(await readAll(zip)).toEqual({ 'A-1': long, 'A-2': '{}' });
    expect(await readAll(zip, (id) => id === 'A-2')).toEqual({ 'A-2': '{}' });
  });

  it('gives nothing of an empty archive', async () => {
    expect(await readAll(await zipOf({}))).toEqual({});
  });

  it.each([10, 100, 400])('fails when the last %i bytes are missing', async (missing) => {
    const zip = await zipOf({ 'A-1.json': long, 'A-2.json': long.toUpperCase() });

    expect(await codeOf(() => readAll(zip.subarray(0, zip.length - missing)))).toBe('feed-malformed');
  });

  it('fails when the first half is missing', async () => {
    const zip = await zipOf({ 'A-1.json': long, 'A-2.json': long });

    expect(await codeOf(() => readAll(zip.subarray(zip.length / 2)))).toBe('feed-malformed');
  });

  it('fails when a byte of a record is another', async () => {
    const zip = await zipOf({ 'A-1.json': '{"a":"stored or deflated, it has a checksum"}' });
    const at = zip.indexOf('A-1.json') + 'A-1.json'.length + 12;
    zip.writeUInt8(zip.readUInt8(at) ^ 1, at);

    expect(await codeOf(() => readAll(zip))).toBe('feed-malformed');
  });

  it('fails on what is no archive at all', async () => {
    expect(await codeOf(() => readAll(Buffer.from('<html>Sign in to the network</html>')))).toBe(
      'feed-malformed',
    );
  });

  it('fails on a record that would inflate beyond its stated size', async () => {
    const zip = await zipOf({ 'A-1.json': long });
    const central = zip.indexOf(Buffer.from('PK\u0001\u0002'));
    zip.writeUInt32LE(10, central + 24);

    expect(await codeOf(() => readAll(zip))).toBe('feed-malformed');
  });
});
