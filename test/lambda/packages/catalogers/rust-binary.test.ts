import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { rustBinary } from '../../../../lambda/packages/catalogers/rust-binary/index.ts';
import { byteFlips } from '../../../support/byte-flips.ts';
import { elf, fat, machO, pe, SHAPES } from '../../../support/executables.ts';
import { wantedFile } from '../../../support/wanted-file.ts';

const FIXTURE = readFileSync(new URL('../../../fixtures/executables/rust.elf', import.meta.url));
const LITTLE_64 = SHAPES[0]!;

const parse = (bytes: Buffer) => {
  const { outputs, problems } = rustBinary.parse(wantedFile('usr/bin/app', bytes, 0o755));
  return {
    packages: outputs.map((output) => {
      if (output.kind !== 'package') throw new Error(output.kind);
      expect(output.package.type).toBe('cargo');
      return `${output.package.name} ${output.package.version} ${output.package.confidence}`;
    }),
    problems: problems.map(({ code }) => code),
  };
};
const part = (data: Buffer) => [
  { name: '.text', data: Buffer.alloc(40) },
  { name: '.dep-v0', data },
];
const section = (value: unknown) =>
  part(deflateSync(typeof value === 'string' ? value : JSON.stringify(value)));
const program = (value: unknown) => elf(section(value), LITTLE_64);
const crate = (fields: object) => ({
  packages: [{ name: 'a', version: '1.0.0', source: 'crates.io', ...fields }],
});

describe('packages/catalogers/rust-binary', () => {
  it('wants programs, and opens them by their first bytes', () => {
    expect(rustBinary.matches('usr/bin/app', { size: 4096, mode: 0o755 })).toBe(true);
    expect(rustBinary.matches('usr/bin/app.txt', { size: 4096, mode: 0o755 })).toBe(false);
    expect(rustBinary.accepts(FIXTURE.subarray(0, 512))).toBe(true);
    expect(rustBinary.accepts(Buffer.from('#!/bin/sh'))).toBe(false);
  });

  it('reads what cargo-auditable wrote, without build dependencies', () => {
    expect(parse(FIXTURE)).toEqual({
      packages: [
        'aho-corasick 1.1.5 high',
        'demo-app 0.1.0 low',
        'itoa 1.0.19 high',
        'memchr 2.8.3 high',
        'regex 1.13.2 high',
        'regex-automata 0.4.19 high',
        'regex-syntax 0.8.12 high',
      ],
      problems: [],
    });
  });

  it.each<[string, Buffer]>([
    ...SHAPES.map((shape): [string, Buffer] => [
      `ELF ${shape.bits} ${shape.endian}`,
      elf(section(crate({})), shape),
    ]),
    ...SHAPES.map((shape): [string, Buffer] => [
      `Mach-O ${shape.bits} ${shape.endian}`,
      machO(section(crate({})), shape),
    ]),
    ['PE 32', pe(section(crate({})), 32)],
    ['PE 64', pe(section(crate({})), 64)],
    ['fat Mach-O', fat(SHAPES.map((shape) => machO(section(crate({})), shape)))],
    [
      'a section padded with zeroes',
      elf(part(Buffer.concat([deflateSync(JSON.stringify(crate({}))), Buffer.alloc(99)])), LITTLE_64),
    ],
  ])('reads audit data in %s', (_, bytes) => {
    expect(parse(bytes)).toEqual({ packages: ['a 1.0.0 high'], problems: [] });
  });

  it.each([
    [{ kind: 'runtime' }, ['a 1.0.0 high']],
    [{ kind: 'build' }, []],
    [{ source: 'git' }, ['a 1.0.0 low']],
    [{ source: 'registry' }, ['a 1.0.0 low']],
    [{ source: 'local', root: true }, ['a 1.0.0 low']],
    [{ source: 'something new', dependencies: [7, 0], extra: {} }, ['a 1.0.0 low']],
  ])('takes a crate with %j as %j', (fields, expected) => {
    expect(parse(program(crate(fields)))).toEqual({ packages: expected, problems: [] });
  });

  it('accepts later format revisions', () => {
    expect(parse(program({ ...crate({}), format: 8 })).packages).toEqual(['a 1.0.0 high']);
  });

  it('finds nothing in other programs', () => {
    expect(parse(elf([{ name: '.data', data: Buffer.alloc(64) }], LITTLE_64))).toEqual({
      packages: [],
      problems: [],
    });
  });

  it.each<[string, Buffer, string]>([
    ['data that is not zlib', elf(part(Buffer.from('not compressed')), LITTLE_64), 'malformed'],
    [
      'data cut short',
      elf(part(deflateSync(JSON.stringify(crate({}))).subarray(0, 20)), LITTLE_64),
      'malformed',
    ],
    ['a compression bomb', program(' '.repeat(9 * 1024 * 1024)), 'too-large'],
    ['a section beyond the limit', elf(part(Buffer.alloc(9 * 1024 * 1024)), LITTLE_64), 'too-large'],
    ['text that is not JSON', program('{packages'), 'malformed'],
    ['JSON nested beyond the limit', program('['.repeat(10_000)), 'limit-json'],
    ['JSON of another shape', program({ packages: [{ name: 'a' }] }), 'malformed'],
    ['a name no crate can have', program(crate({ name: 'a\u001b[31m' })), 'malformed'],
    ['an empty version', program(crate({ version: '' })), 'malformed'],
  ])('reports %s', (_, bytes, code) => {
    expect(parse(bytes)).toEqual({ packages: [], problems: [code] });
  });

  it('survives 2000 damaged copies', () => {
    const started = performance.now();

    for (const copy of byteFlips(FIXTURE, 2000)) {
      const { outputs } = rustBinary.parse(wantedFile('usr/bin/app', copy.bytes, 0o755));
      expect(outputs.length).toBeLessThan(50);
    }

    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
