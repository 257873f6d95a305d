import { describe, expect, it } from '@jest/globals';
import { rpm } from '../../../../lambda/packages/catalogers/rpm/index.ts';
import type { FoundPackage } from '../../../../lambda/packages/package.ts';
import {
  bdbDatabase,
  type HeaderSpec,
  headerOf,
  ndbDatabase,
  numbersEntry,
  rpmHeader,
  sqliteDatabase,
  textEntry,
  textsEntry,
} from '../../../support/rpm-databases.ts';
import { wantedFile } from '../../../support/wanted-file.ts';

const BASH: HeaderSpec = {
  name: 'bash',
  version: '5.1.8',
  release: '6.el9',
  arch: 'x86_64',
  vendor: 'Red Hat, Inc.',
  license: 'GPLv3+',
  sourceRpm: 'bash-5.1.8-6.el9.src.rpm',
  files: ['/usr/bin/bash', '/usr/share/doc/bash/README', '/usr/bin/sh'],
};
/** Large enough for several overflow pages of any format. */
const KERNEL: HeaderSpec = {
  name: 'kernel-core',
  version: '5.14.0',
  release: '362.8.1.el9_3',
  arch: 'x86_64',
  license: 'x'.repeat(3000),
  files: Array.from(
    { length: 4000 },
    (_, index) => `/lib/modules/5.14.0/kernel/drivers/module-${index}.ko.xz`,
  ),
};
const TINY: HeaderSpec = { name: 'basesystem', version: '11', release: '13.el9', arch: 'noarch' };

const EXPECTED: readonly string[] = [
  'bash 5.1.8-6.el9',
  'kernel-core 5.14.0-362.8.1.el9_3',
  'basesystem 11-13.el9',
];

function read(bytes: Buffer, path = 'var/lib/rpm/rpmdb.sqlite') {
  const { outputs, problems } = rpm.parse(wantedFile(path, bytes));
  const packages = outputs.flatMap((output): FoundPackage[] =>
    output.kind === 'package' ? [output.package] : [],
  );
  return { packages, names: packages.map(({ name, version }) => `${name} ${version}`), problems };
}

function readOne(spec: HeaderSpec) {
  return read(ndbDatabase([rpmHeader(spec)]));
}

describe('packages/catalogers/rpm', () => {
  it.each([
    ['var/lib/rpm/Packages', true],
    ['var/lib/rpm/Packages.db', true],
    ['var/lib/rpm/rpmdb.sqlite', true],
    ['usr/lib/sysimage/rpm/rpmdb.sqlite', true],
    ['usr/share/rpm/rpmdb.sqlite', true],
    ['var/lib/rpm/Name', false],
    ['var/lib/rpm/rpmdb.sqlite-wal', false],
    ['backup/var/lib/rpm/Packages', false],
  ])('decides by path: %s is wanted, %p', (path, wanted) => {
    expect(rpm.matches(path)).toBe(wanted);
    if (wanted) expect(rpm.lookups).toContain(path);
  });

  const specs = [BASH, KERNEL, TINY].map(rpmHeader);

  it.each([512, 1024, 4096, 65536])('reads an SQLite database with pages of %i bytes', (pageSize) => {
    expect(read(sqliteDatabase(specs, { pageSize }))).toMatchObject({ names: EXPECTED, problems: [] });
  });

  it('reads an SQLite database in write-ahead mode, as Fedora ships it', () => {
    const bytes = sqliteDatabase(specs, { journal: 'wal' });

    expect(bytes[19]).toBe(2);
    expect(read(bytes)).toMatchObject({ names: EXPECTED, problems: [] });
  });

  it('reads a table of several levels in key order, without deleted rows', () => {
    const many = Array.from({ length: 900 }, (_, index) => rpmHeader({ ...TINY, name: `package-${index}` }));
    const bytes = sqliteDatabase(many, {
      pageSize: 512,
      afterwards: ['DELETE FROM Packages WHERE hnum % 3 = 0'],
    });

    const { names, problems } = read(bytes);

    expect(problems).toEqual([]);
    const kept = Array.from({ length: 900 }, (_, index) => index).filter((index) => (index + 1) % 3 !== 0);
    expect(names).toEqual(kept.map((index) => `package-${index} 11-13.el9`));
  });

  it('reports an SQLite database that is not in UTF-8', () => {
    const bytes = sqliteDatabase(specs, { encoding: 'UTF-16le' });

    expect(read(bytes)).toMatchObject({ names: [], problems: [{ code: 'unsupported' }] });
  });

  it('reports an SQLite database without rpm’s table', () => {
    const bytes = sqliteDatabase([], { afterwards: ['DROP TABLE Packages'] });

    expect(read(bytes)).toMatchObject({ names: [], problems: [{ code: 'malformed' }] });
  });

  it('reports rows that hold no blob and keeps the others', () => {
    const bytes = sqliteDatabase(specs, { afterwards: ["UPDATE Packages SET blob = 'text' WHERE hnum = 2"] });

    expect(read(bytes)).toMatchObject({
      names: [EXPECTED[0], EXPECTED[2]],
      problems: [{ code: 'malformed' }],
    });
  });

  it.each([0, 1, 300])('reads an NDB database with %i free slots', (freeSlots) => {
    expect(read(ndbDatabase(specs, { freeSlots }))).toMatchObject({ names: EXPECTED, problems: [] });
  });

  it.each([
    { pageSize: 512, endian: 'little' },
    { pageSize: 4096, endian: 'little' },
    { pageSize: 65536, endian: 'little' },
    { pageSize: 512, endian: 'big' },
    { pageSize: 4096, endian: 'big' },
    { pageSize: 4096, endian: 'little', unsorted: true },
  ] as const)('reads a Berkeley DB: %p', (options) => {
    expect(read(bdbDatabase(specs, options))).toMatchObject({ names: EXPECTED, problems: [] });
  });

  it.each(['little', 'big'] as const)(
    'reads a %s-endian Berkeley DB with values inside the hash page',
    (endian) => {
      const bytes = bdbDatabase([BASH, TINY].map(rpmHeader), { pageSize: 4096, endian, inline: true });

      expect(read(bytes)).toMatchObject({ names: [EXPECTED[0], EXPECTED[2]], problems: [] });
    },
  );

  it('tells the format by content, not by name', () => {
    expect(read(ndbDatabase(specs), 'usr/lib/elsewhere')).toMatchObject({ names: EXPECTED, problems: [] });
  });

  it('gives name, version, source, architecture, vendor, licence and the files that matter', () => {
    expect(readOne(BASH).packages).toEqual([
      {
        type: 'rpm',
        name: 'bash',
        version: '5.1.8-6.el9',
        source: { name: 'bash', version: '5.1.8-6.el9' },
        arch: 'x86_64',
        vendor: 'Red Hat, Inc.',
        licenses: ['GPLv3+'],
        files: ['usr/bin/bash', 'usr/bin/sh'],
      },
    ]);
  });

  it.each([
    [undefined, '1-1'],
    [0, '1-1'],
    [2, '2:1-1'],
  ])('writes the epoch %p as %s', (epoch, version) => {
    const spec = { name: 'a', version: '1', release: '1', ...(epoch !== undefined && { epoch }) };

    expect(readOne(spec).packages[0]?.version).toBe(version);
  });

  it.each([
    ['nodejs:18:9020020230327152102:rhel9', 'nodejs:18'],
    ['perl:5.26', 'perl:5.26'],
    ['', undefined],
    ['nodejs', undefined],
    ['(none)', undefined],
  ])('reads the module of the label %p as %p', (modularityLabel, module) => {
    expect(readOne({ ...TINY, modularityLabel }).packages[0]?.module).toBe(module);
  });

  it('drops signing keys without a word', () => {
    const key = rpmHeader({ name: 'gpg-pubkey', version: 'fd431d51', release: '4ae0493b', arch: '(none)' });

    expect(read(ndbDatabase([key, rpmHeader(TINY)]))).toMatchObject({ names: [EXPECTED[2]], problems: [] });
  });

  it('takes “(none)” for nothing', () => {
    const spec = { ...TINY, arch: '(none)', vendor: '(none)', license: '(none)', sourceRpm: '(none)' };

    expect(readOne(spec).packages).toEqual([{ type: 'rpm', name: 'basesystem', version: '11-13.el9' }]);
  });

  it('lets entries added at installation override those of the package', () => {
    const spec = { ...TINY, dribbles: [textEntry(1011, 'Rebuilt, Inc.'), textEntry(1022, 'x86_64')] };

    expect(readOne(spec).packages[0]).toMatchObject({ vendor: 'Rebuilt, Inc.', arch: 'x86_64' });
  });

  it.each([
    ['no name', { version: '1', release: '1' }],
    ['a name with a blank', { ...TINY, name: 'base system' }],
    ['no version', { name: 'a', release: '1' }],
    ['an escape sequence in the release', { name: 'a', version: '1', release: '\u001b[2J' }],
  ])('reports a header with %s', (_, spec) => {
    expect(readOne(spec)).toMatchObject({ packages: [], problems: [{ code: 'malformed' }] });
  });

  it.each([
    [
      'a directory that is not there',
      [numbersEntry(1116, [7]), textsEntry(1117, ['x']), textsEntry(1118, ['/bin/'])],
    ],
    [
      'fewer indexes than names',
      [numbersEntry(1116, [0]), textsEntry(1117, ['x', 'y']), textsEntry(1118, ['/bin/'])],
    ],
    ['names of another type', [numbersEntry(1116, [0]), textEntry(1117, 'x'), textsEntry(1118, ['/bin/'])]],
    [
      'a list of names that is cut off',
      [numbersEntry(1116, [0, 0]), textsEntry(1118, ['/b/']), { ...textsEntry(1117, ['x']), count: 2 }],
    ],
  ])('reports file lists with %s, and keeps the package', (_, entries) => {
    const header = headerOf([textEntry(1000, 'a'), textEntry(1001, '1'), textEntry(1002, '1'), ...entries]);

    expect(read(ndbDatabase([header]))).toMatchObject({
      names: ['a 1-1'],
      problems: [{ code: 'malformed' }],
    });
  });

  it('reports a header whose index does not fit, and keeps the others', () => {
    const broken = rpmHeader(BASH);
    broken.writeUInt32BE(0xffffffff, 0);

    expect(read(ndbDatabase([broken, rpmHeader(TINY)]))).toMatchObject({
      names: [EXPECTED[2]],
      problems: [{ code: 'malformed' }],
    });
  });

  it.each([
    ['an empty file', Buffer.alloc(0), 'malformed'],
    ['something else', Buffer.from('this is not a database at all, is it'), 'malformed'],
    ['a Berkeley DB of another kind', btree(), 'unsupported'],
    ['an encrypted Berkeley DB', altered(bdbDatabase(specs), 24, 1), 'unsupported'],
    ['a Berkeley DB with page checksums', altered(bdbDatabase(specs), 26, 1), 'unsupported'],
    ['an impossible page size', altered(bdbDatabase(specs), 21, 0x11), 'malformed'],
    ['an NDB database of another version', altered(ndbDatabase(specs), 4, 1), 'unsupported'],
    ['a database without packages', sqliteDatabase([]), 'empty'],
  ])('reports %s', (_, bytes, code) => {
    expect(read(bytes)).toMatchObject({ names: [], problems: [{ code }] });
  });

  it.each([
    ['SQLite', sqliteDatabase(specs)],
    ['NDB', ndbDatabase(specs)],
    ['Berkeley DB', bdbDatabase(specs)],
  ])('reports a truncated %s database and keeps what is there', (_, bytes) => {
    const { names, problems } = read(bytes.subarray(0, Math.floor(bytes.length / 2)));

    expect(problems.length).toBeGreaterThan(0);
    expect(EXPECTED).toEqual(expect.arrayContaining(names));
  });

  it('reports more than 50 broken headers by number', () => {
    const broken = Array.from({ length: 80 }, () => rpmHeader({ version: '1' }));

    const { problems } = read(ndbDatabase(broken));

    expect(problems).toHaveLength(51);
    expect(problems.at(-1)).toMatchObject({ code: 'more-problems', detail: '30 more problems not listed' });
  });
});

function altered(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy;
}

function btree(): Buffer {
  const bytes = Buffer.alloc(4096);
  bytes.writeUInt32LE(0x053162, 12);
  return bytes;
}
