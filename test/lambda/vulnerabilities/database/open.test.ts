import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  databaseStatus,
  openDatabase,
  updateDatabase,
} from '../../../../lambda/vulnerabilities/database/index.ts';
import { codeOf } from '../../../support/code-of.ts';
import { writeMirror } from '../mirror.ts';
import { debian, fixed, npm } from './records.ts';

/** Bitnami puts severities on packages; two in one record is possible by the schema. */
const bitnami = {
  id: 'BIT-1',
  modified: '2025-01-01T00:00:00Z',
  database_specific: { severity: 'High' },
  affected: ['a', 'b'].map((name) => ({
    package: { ecosystem: 'Bitnami', name },
    severity: [{ type: 'CVSS_V4', score: `CVSS:4.0/${name}` }],
    ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }],
  })),
};

const clock = (): Date => new Date('2025-03-01T00:00:00Z');

describe('vulnerabilities/database/open', () => {
  let folder: string;
  let directory: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'open-'));
    directory = join(folder, 'database');
    const go = fixed('GO-2024-1', { 'Go golang.org/x/net': '0.17.0' }, undefined, { summary: 'x' });
    const records = {
      Bitnami: [bitnami],
      Debian: debian,
      npm,
      Go: [go],
      PyPI: [fixed('PYSEC-1', { 'PyPI Ruamel.YAML': '1' })],
      Maven: [
        fixed('GHSA-mmmm-mmmm-mmmm', { 'Maven org.dom4j:dom4j': '2.1.3', 'Maven org.example:4j': '1' }),
        fixed('GHSA-nnnn-nnnn-nnnn', { 'Maven dom4j:dom4j': '1.6.2' }),
      ],
    };
    await updateDatabase({ directory, mirror: await writeMirror(join(folder, 'mirror'), records), clock });
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives whole advisories', () => {
    const database = openDatabase(directory);

    const [advisory] = database.advisories('Debian:12', 'openssl') ?? [];

    expect(JSON.parse(JSON.stringify(advisory))).toEqual({
      id: 'DEBIAN-CVE-2024-0001',
      aliases: [],
      upstream: ['CVE-2024-0001'],
      related: [],
      modified: '2025-01-01T00:00:00Z',
      severities: [{ type: 'CVSS_V3', value: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
      cwes: [],
      source: 'osv:Debian',
      affected: {
        ecosystem: 'Debian:12',
        name: 'openssl',
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '3.0.1' }] }],
        versions: [],
      },
    });
    expect(advisory?.severities[0]?.type).toBe('CVSS_V3');
    expect(advisory?.published).toBeUndefined();
    database.close();
  });

  it('names the packages with an artifact id, whatever their group', () => {
    const database = openDatabase(directory);

    const names = (ecosystem: string, artifact: string) => database.namesOf?.(ecosystem, artifact);
    expect(names('Maven', 'dom4j')).toEqual(['dom4j:dom4j', 'org.dom4j:dom4j']);
    expect(names('Maven', '4j')).toEqual(['org.example:4j']);
    expect(names('Maven', 'org.dom4j')).toEqual([]);
    expect(names('NuGet', 'dom4j')).toEqual([]);
    database.close();
  });

  it('gives each package its own severity before that of the record', () => {
    const database = openDatabase(directory);

    const words = (name: string): unknown =>
      database.advisories('Bitnami', name)?.[0]?.severities.map(({ value }) => value);
    expect([words('a'), words('b')]).toEqual([
      ['CVSS:4.0/a', 'High'],
      ['CVSS:4.0/b', 'High'],
    ]);
    database.close();
  });

  it('keeps listed versions where they are all there is', () => {
    const [advisory] = openDatabase(directory).advisories('npm', 'evil') ?? [];

    expect(advisory).toMatchObject({ id: 'MAL-2024-1', affected: { versions: ['1.0.0'], ranges: [] } });
  });

  it('tells an unknown name from an unknown ecosystem', () => {
    const database = openDatabase(directory);

    expect(database.advisories('Debian:12', 'unheard-of')).toEqual([]);
    expect(database.advisories('Debian:11', 'openssl')).toBeUndefined();
    expect(database.advisories('Debian', 'openssl')).toBeUndefined();
    database.close();
  });

  it('finds names however they are written where the ecosystem does not care', () => {
    const database = openDatabase(directory);

    expect(database.advisories('PyPI', 'ruamel_yaml')).toHaveLength(1);
    expect(database.advisories('npm', 'Lodash')).toEqual([]);
    database.close();
  });

  it('opens only the shards that are asked', async () => {
    const database = openDatabase(directory);
    for (const shard of database.status().shards) {
      if (shard.name !== 'npm') await rm(join(directory, shard.file));
    }

    expect(database.advisories('npm', 'lodash')).toHaveLength(1);
    expect(await codeOf(() => database.advisories('Go', 'golang.org/x/net'))).toBe('shard-missing');
    database.close();
  });

  it('fails when there is no database', async () => {
    expect(await codeOf(() => openDatabase(join(folder, 'elsewhere')))).toBe('database-missing');
  });

  it('fails on a shard that is no shard', async () => {
    const database = openDatabase(directory);
    const shard = database.status().shards.find(({ name }) => name === 'npm');
    await writeFile(
      join(directory, shard?.file ?? ''),
      'not a database at all, but long enough to look at'.repeat(100),
    );

    expect(await codeOf(() => database.advisories('npm', 'lodash'))).toBe('shard-invalid');
  });

  it('fails on a shard with a damaged page', async () => {
    const database = openDatabase(directory);
    const path = join(directory, database.status().shards.find(({ name }) => name === 'npm')?.file ?? '');
    const bytes = await readFile(path);
    bytes.write('["', bytes.indexOf('[[1,['));
    await writeFile(path, bytes);

    expect(await codeOf(() => database.advisories('npm', 'lodash'))).toBe('shard-invalid');
  });

  it.each([
    ['a path for a file', (text: string) => text.replace(/"file": "npm/, '"file": "../npm')],
    ['another version', (text: string) => text.replace(/"schemaVersion": \d+/, '"schemaVersion": 999')],
    ['no shards', (text: string) => text.replace('"shards"', '"shreds"')],
  ])('fails on a manifest with %s', async (_case, edit) => {
    const path = join(directory, 'manifest.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, edit(text));

    expect(edit(text)).not.toBe(text);
    expect(await codeOf(() => openDatabase(directory))).toBe('database-invalid');
  });
});

describe('vulnerabilities/database/status', () => {
  let folder: string;
  let directory: string;
  const later = (): Date => new Date('2025-03-01T06:00:00Z');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'status-'));
    directory = join(folder, 'database');
    const mirror = await writeMirror(join(folder, 'mirror'), { Debian: debian, npm });
    await updateDatabase({ directory, mirror, clock });
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('says what is there and how old it is', async () => {
    expect(await databaseStatus(directory, { clock: later, verify: true })).toMatchObject({
      state: 'present',
      builtAt: '2025-03-01T00:00:00.000Z',
      bytes: expect.any(Number),
      damaged: [],
      sources: [
        {
          id: 'osv:Debian',
          records: 5,
          ageMs: 21_600_000,
          newest: '2025-01-02T00:00:00.5Z',
          shards: [{}, {}],
        },
        { id: 'osv:npm', records: 2, shards: [{ name: 'npm' }] },
      ],
    });
  });

  it('reports a file of another size at once, one of other content when it verifies', async () => {
    const shards = openDatabase(directory).status().shards;
    const [short, altered] = shards.map((shard) => join(directory, shard.file));
    await writeFile(short ?? '', 'x');
    const bytes = await readFile(altered ?? '');
    bytes.writeUInt8(bytes.readUInt8(5000) ^ 1, 5000);
    await writeFile(altered ?? '', bytes);

    expect(await databaseStatus(directory, { clock })).toMatchObject({ damaged: [shards[0]?.file] });
    expect(await databaseStatus(directory, { clock, verify: true })).toMatchObject({
      damaged: [shards[0]?.file, shards[1]?.file],
    });
  });

  it('reports a missing and an unreadable database without failing', async () => {
    await writeFile(join(directory, 'manifest.json'), '{');

    expect(await databaseStatus(join(folder, 'elsewhere'), { clock })).toEqual({ state: 'missing' });
    expect(await databaseStatus(directory, { clock })).toMatchObject({ state: 'invalid' });
  });
});
