import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { goBinary } from '../../../../lambda/packages/catalogers/go-binary/index.ts';
import { versionFromLinkerFlags } from '../../../../lambda/packages/catalogers/go-binary/main-version.ts';
import { toSemver } from '../../../../lambda/packages/catalogers/go-binary/package.ts';
import { byteFlips } from '../../../support/byte-flips.ts';
import {
  DATA_OFFSET,
  ELF_BASE,
  elf,
  fat,
  goInline,
  goPointers,
  MACH_O_BASE,
  machO,
  type Part,
  pe,
  peAddress,
  SHAPES,
} from '../../../support/executables.ts';
import { wantedFile } from '../../../support/wanted-file.ts';

const FIXTURE = readFileSync(new URL('../../../fixtures/executables/go.elf', import.meta.url));
const LITTLE_64 = SHAPES[0]!;
const MODULES =
  'path\texample.com/app\nmod\texample.com/app\tv1.2.3\t\ndep\tgolang.org/x/net\tv0.17.0\th1:x=\n';
const EXPECTED = ['example.com/app v1.2.3 high', 'golang.org/x/net v0.17.0 high', 'stdlib 1.22.3 high'];

const parse = (bytes: Buffer) => {
  const { outputs, problems } = goBinary.parse(wantedFile('usr/bin/app', bytes, 0o755));
  return {
    packages: outputs.map((output) => {
      if (output.kind !== 'package') throw new Error(output.kind);
      expect(output.package.type).toBe('golang');
      return `${output.package.name} ${output.package.version} ${output.package.confidence}`;
    }),
    problems: problems.map(({ code }) => code),
  };
};
const program = (modules: string, version = 'go1.22.3', name = '.go.buildinfo') =>
  elf([{ name, data: goInline(version, modules) }], LITTLE_64);
const packagesOf = (modules: string, version?: string) => parse(program(modules, version)).packages;

/** Something before the blob, so that it is not the first part of its segment. */
const around = (name: string, data: Buffer): Part[] => [
  { name: '.noptrdata', data: Buffer.alloc(100, 1) },
  { name, data },
];
const BLOB_OFFSET = DATA_OFFSET + 112;

describe('packages/catalogers/go-binary', () => {
  it('wants programs, and opens them by their first bytes', () => {
    expect(goBinary.matches('usr/bin/app', { size: 4096, mode: 0o755 })).toBe(true);
    expect(goBinary.matches('usr/bin/app', { size: 4096, mode: 0o644 })).toBe(false);
    expect(goBinary.accepts(FIXTURE.subarray(0, 512))).toBe(true);
    expect(goBinary.accepts(Buffer.from('#!/bin/sh'))).toBe(false);
  });

  it('reads what the Go linker wrote as `go version -m` does', () => {
    expect(parse(FIXTURE)).toEqual({
      packages: [
        'example.com/app v4.5.6 low',
        'example.com/lib  low',
        'github.com/docker/distribution v2.8.2+incompatible high',
        'github.com/opencontainers/go-digest v1.0.0 high',
        'github.com/pkg/errors v0.9.1 high',
        'github.com/golang/text v0.14.0 high',
        'stdlib 1.26.8 high',
      ],
      problems: [],
    });
  });

  it.each<[string, Buffer]>([
    ...SHAPES.map((shape): [string, Buffer] => [
      `ELF ${shape.bits} ${shape.endian}, section`,
      elf(around('.go.buildinfo', goInline('go1.22.3', MODULES)), shape),
    ]),
    ['ELF without section table', elf(around('x', goInline('go1.22.3', MODULES)), LITTLE_64, false)],
    ['ELF with other sections only', elf(around('.data', goInline('go1.22.3', MODULES)), LITTLE_64)],
    ...SHAPES.map((shape): [string, Buffer] => [
      `Mach-O ${shape.bits} ${shape.endian}`,
      machO(around('__go_buildinfo', goInline('go1.22.3', MODULES)), shape),
    ]),
    ['PE 32', pe([{ name: '.data', data: goInline('go1.22.3', MODULES) }], 32)],
    ['PE 64', pe([{ name: '.data', data: goInline('go1.22.3', MODULES) }], 64)],
    [
      'fat Mach-O',
      fat(SHAPES.map((shape) => machO(around('__go_buildinfo', goInline('go1.22.3', MODULES)), shape))),
    ],
  ])('finds build information as since Go 1.18 in %s', (_, bytes) => {
    expect(parse(bytes)).toEqual({ packages: EXPECTED, problems: [] });
  });

  it.each<[string, Buffer]>([
    ...SHAPES.map((shape): [string, Buffer] => [
      `ELF ${shape.bits} ${shape.endian}`,
      elf(around('.go.buildinfo', goPointers('go1.22.3', MODULES, shape, ELF_BASE + BLOB_OFFSET)), shape),
    ]),
    ...SHAPES.map((shape): [string, Buffer] => [
      `Mach-O ${shape.bits} ${shape.endian}`,
      machO(
        around('__go_buildinfo', goPointers('go1.22.3', MODULES, shape, MACH_O_BASE + BLOB_OFFSET)),
        shape,
      ),
    ]),
    [
      'PE 32',
      pe([{ name: '.data', data: goPointers('go1.22.3', MODULES, SHAPES[2]!, peAddress(DATA_OFFSET)) }], 32),
    ],
    [
      'PE 64',
      pe([{ name: '.data', data: goPointers('go1.22.3', MODULES, LITTLE_64, peAddress(DATA_OFFSET)) }], 64),
    ],
  ])('follows the pointers of build information before Go 1.18 in %s', (_, bytes) => {
    expect(parse(bytes)).toEqual({ packages: EXPECTED, problems: [] });
  });

  it('finds a blob behind several megabytes of other data, but not one out of alignment', () => {
    const far = Buffer.concat([Buffer.alloc(3 * 1024 * 1024), goInline('go1.22.3', MODULES)]);
    const odd = Buffer.concat([Buffer.alloc(8), goInline('go1.22.3', MODULES)]);

    expect(parse(elf([{ name: '.data', data: far }], LITTLE_64)).packages).toEqual(EXPECTED);
    expect(parse(elf([{ name: '.data', data: odd }], LITTLE_64))).toEqual({ packages: [], problems: [] });
  });

  it('finds nothing in other programs', () => {
    expect(parse(elf([{ name: '.data', data: Buffer.alloc(64) }], LITTLE_64))).toEqual({
      packages: [],
      problems: [],
    });
  });

  it.each([
    ['dep\ta\tv1.0.0\n=>\tb\tv2.0.0\th1:=\n', ['b v2.0.0 high']],
    ['dep\ta\tv1.0.0\n=>\t./a\t(devel)\t\n', ['a  low']],
    ['dep\ta\tv1.0.0\n=>\t../a\t\t\n', ['a  low']],
    ['dep\ta\t(devel)\n', ['a  low']],
    ['dep\ta\tv0.0.0-20200101000000-abcdefabcdef\th1:=\n', ['a v0.0.0-20200101000000-abcdefabcdef high']],
    ['dep\ta\tv2.0.0+incompatible\th1:=\n', ['a v2.0.0+incompatible high']],
    ['mod\ta\tv28.1.0+incompatible+dirty\t\n', ['a v28.1.0+incompatible.dirty high']],
    ['mod\ta\tv1.2.3+dirty\t\n', ['a v1.2.3+dirty high']],
    ['mod\ta\tv1.2.4-0.20240101000000-abcdefabcdef\t\n', ['a v1.2.4-0.20240101000000-abcdefabcdef high']],
    ['mod\ta\tv0.0.0-20240101000000-abcdefabcdef+dirty\t\n', ['a  low']],
    ['mod\ta\tv0.0.0\t\n', ['a  low']],
    ['mod\ta\t(devel)\t\n', ['a  low']],
    ['mod\ta\t(devel)\t\nbuild\t-ldflags="-s -X main.version=1.4.0"\n', ['a v1.4.0 low']],
    ['mod\ta\t(devel)\t\nbuild\t-ldflags=-Xmain.version=1.4.0\n', ['a  low']],
    ['mod\ta\t(devel)\t\nbuild\t-ldflags=`-X main.version=1.4.0`\n', ['a v1.4.0 low']],
    ['mod\ta\t(devel)\t\nbuild\t-ldflags="-X main.version=1.4.0 \\x1b"\n', ['a  low']],
    ['mod\ta\t(devel)\t\nbuild\t-ldflags="-X main.version=1.4.0\nbuild\t-tags=x\n', ['a  low']],
    // What is stated by the module wins over the flags.
    ['mod\ta\tv1.2.3\t\nbuild\t-ldflags="-X main.version=1.4.0"\n', ['a v1.2.3 high']],
    ['path\tcommand-line-arguments\ndep\ta\tv1.0.0\th1:=\n', ['a v1.0.0 high']],
    // The toolchain's own commands belong to no module.
    ['path\tcmd/go\nbuild\t-compiler=gc\n', ['stdlib 1.22.3 high', 'toolchain 1.22.3 high']],
    ['path\tcmd/x\nmod\ta\tv1.0.0\t\n', ['a v1.0.0 high']],
  ])('reads %j', (modules, expected) => {
    const packages = packagesOf(modules);

    expect(packages.filter((one) => !one.startsWith('stdlib') || expected.includes(one))).toEqual(expected);
    expect(packages).toContain('stdlib 1.22.3 high');
  });

  it.each([
    ['go1.22.3', '1.22.3'],
    ['go1.20', '1.20.0'],
    ['go1.22rc1', '1.22.0-rc.1'],
    ['go1.13beta1', '1.13.0-beta.1'],
    ['go1.19.10 (Red Hat 1.19.10-1.el9)', '1.19.10'],
    ['go1.22.3 X:boringcrypto', '1.22.3'],
    ['go1.26.8-X:jsonv2', '1.26.8'],
    ['go1.26-X:jsonv2', '1.26.0'],
    ['go1.21.5-1', '1.21.5'],
    ['go1.22.3+auto', '1.22.3'],
    ['go1.24rc2-X:synctest', '1.24.0-rc.2'],
    ['devel go1.23-c83b1a7 Thu Mar 7 2024', ''],
    ['go1.26-devel_abcdef0123 2025-09-01', ''],
    ['go1.2x', ''],
    ['unknown', ''],
    ['1.22.3', ''],
    ['', ''],
  ])('takes %j as version %j of the standard library', (goVersion, expected) => {
    expect(toSemver(goVersion)).toBe(expected);
  });

  it('tells that the version of a development toolchain is unknown', () => {
    expect(packagesOf('path\tx\n', 'devel go1.23-c83b1a7')).toEqual(['stdlib  low']);
  });

  it.each([
    ['-X main.version=1.2.3', 'v1.2.3'],
    ['-X=main.Version=v1.2.3', 'v1.2.3'],
    ['--X main.Version=v1.2.3', 'v1.2.3'],
    [`-s -w -X 'main.version=1.2.3' -X 'main.commit=abc'`, 'v1.2.3'],
    [`-X "main.version=1.2.3-rc.1+build.5"`, 'v1.2.3-rc.1+build.5'],
    ['-X github.com/a/b/internal.appVersion=2.0.1', 'v2.0.1'],
    ['-X github.com/other/version.Version=2.45.0', 'v2.45.0'],
    ['-X github.com/other/x.Version=9.9.9 -X github.com/a/b.Version=2.0.0', 'v2.0.0'],
    ['-X github.com/a/b.Version=2.0.0 -X main.version=3.0.0', 'v3.0.0'],
    ['-X github.com/a/bb.Version=1.0.0 -X github.com/c/d.Version=2.0.0', undefined],
    ['-X main.version=1.2.3 -X main.Version=1.2.4', undefined],
    ['-X main.version=dev', undefined],
    ['-X main.version=0.0.0-dev', undefined],
    ['-X main.version=2024-01-01', undefined],
    ['-X main.goVersion=1.22.3', undefined],
    ['-X main.version', undefined],
    ['-X', undefined],
    ['-s -w main.version=1.2.3', undefined],
    ['', undefined],
  ])('finds in the linker flags %j the version %j', (flags, expected) => {
    expect(versionFromLinkerFlags(flags, 'github.com/a/b')).toBe(expected);
  });

  it('reports a Go program without module information', () => {
    expect(parse(program(''))).toEqual({ packages: ['stdlib 1.22.3 high'], problems: ['no-module-info'] });
  });

  it.each<[string, Buffer]>([
    [
      'cut short',
      elf([{ name: '.go.buildinfo', data: goInline('go1.22.3', MODULES) }], LITTLE_64, false).subarray(
        0,
        DATA_OFFSET + 40,
      ),
    ],
    ['that is longer than its limit', program('', 'g'.repeat(2000))],
    ['whose length has no end', elf([{ name: '.go.buildinfo', data: endlessLength() }], LITTLE_64)],
    ['without a version', program(MODULES, '')],
    [
      'whose pointers lead nowhere',
      elf([{ name: '.go.buildinfo', data: goPointers('go1.17', MODULES, LITTLE_64, 0) }], LITTLE_64),
    ],
    ['whose pointers have an odd size', elf([{ name: '.go.buildinfo', data: oddPointers() }], LITTLE_64)],
  ])('reports build information %s', (_, bytes) => {
    expect(parse(bytes)).toEqual({ packages: [], problems: ['malformed'] });
  });

  it('reports broken lines and keeps the others', () => {
    const modules = 'dep\tonly-a-path\n=>\tb\tv1\n=>\tb\tv1\t\ndep\ta\tv1.0.0\th1:=\ndep\tx\ty\tz\tw\n';

    const result = goBinary.parse(wantedFile('usr/bin/app', program(modules), 0o755));

    expect(result.outputs.map((output) => output.kind === 'package' && output.package.name)).toEqual([
      'a',
      'stdlib',
    ]);
    expect(result.problems).toEqual([
      { code: 'malformed', detail: '4 broken lines in Go build information', path: 'usr/bin/app' },
    ]);
  });

  it('drops names that no module can have', () => {
    expect(packagesOf(`dep\ta b\tv1.0.0\ndep\t${'x'.repeat(600)}\tv1.0.0\ndep\ta\u001b[31m\tv1\n`)).toEqual([
      'stdlib 1.22.3 high',
    ]);
  });

  it('reports a packed program', () => {
    expect(parse(pe([{ name: 'UPX1', data: Buffer.alloc(64) }], 64))).toEqual({
      packages: [],
      problems: ['packed'],
    });
  });

  it('reports an executable that cannot be read', () => {
    expect(parse(FIXTURE.subarray(0, 50))).toEqual({ packages: [], problems: ['malformed'] });
  });

  it.each([
    ['a real file', FIXTURE],
    [
      'pointers',
      elf(
        [{ name: '.go.buildinfo', data: goPointers('go1.17', MODULES, LITTLE_64, ELF_BASE + DATA_OFFSET) }],
        LITTLE_64,
      ),
    ],
  ])('survives 2000 damaged copies of %s', (_, bytes) => {
    const started = performance.now();

    for (const copy of byteFlips(bytes, 2000)) {
      const { outputs } = goBinary.parse(wantedFile('usr/bin/app', copy.bytes, 0o755));
      expect(outputs.length).toBeLessThan(50);
    }

    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

function oddPointers(): Buffer {
  const blob = goPointers('go1.17', MODULES, LITTLE_64, ELF_BASE + DATA_OFFSET);
  blob[14] = 5;
  return blob;
}

function endlessLength(): Buffer {
  const blob = goInline('go1.22.3', MODULES);
  return blob.fill(0xff, 32, 48);
}
