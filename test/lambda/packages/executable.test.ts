import { describe, expect, it } from '@jest/globals';
import { sourceOf } from '../../../lambda/packages/byte-source.ts';
import {
  isExecutable,
  mayBeExecutable,
  readAtAddress,
  readExecutables,
} from '../../../lambda/packages/executable/index.ts';
import { byteFlips } from '../../support/byte-flips.ts';
import {
  DATA_OFFSET,
  ELF_BASE,
  elf,
  fat,
  MACH_O_BASE,
  machO,
  pe,
  peAddress,
  SHAPES,
} from '../../support/executables.ts';

const PARTS = [
  { name: '.first', data: Buffer.from('the first part') },
  { name: '.second', data: Buffer.from('the second part, which is longer') },
];
const read = (bytes: Buffer) => readExecutables(sourceOf(bytes));
const one = (bytes: Buffer) => {
  const { executables, problems } = read(bytes);
  expect(problems).toEqual([]);
  expect(executables).toHaveLength(1);
  return executables[0]!;
};

type Row = [name: string, bytes: Buffer, addressOf: (offset: number) => number];
const FILES: Row[] = [
  ...SHAPES.map(
    (shape): Row => [`ELF ${shape.bits} ${shape.endian}`, elf(PARTS, shape), (at) => ELF_BASE + at],
  ),
  ...SHAPES.map(
    (shape): Row => [`Mach-O ${shape.bits} ${shape.endian}`, machO(PARTS, shape), (at) => MACH_O_BASE + at],
  ),
  ['PE 32', pe(PARTS, 32), peAddress],
  ['PE 64', pe(PARTS, 64), peAddress],
];
const FAT: Row = ['fat Mach-O', fat([machO(PARTS, SHAPES[0]!), machO(PARTS, SHAPES[3]!)]), () => 0];

describe('packages/executable', () => {
  it.each(FILES)('finds the sections of %s by name, offset and address', (_, bytes, addressOf) => {
    const executable = one(bytes);

    const found = executable.sections.filter(({ name }) => name === '.first' || name === '.second');
    expect(found.map(({ name }) => name)).toEqual(['.first', '.second']);
    for (const [index, section] of found.entries()) {
      expect(executable.bytes.read(section.offset, section.size)).toEqual(PARTS[index]?.data);
      expect(section.address).toBe(addressOf(section.offset));
    }
  });

  it.each(FILES)('reads %s by virtual address, not beyond a segment', (_, bytes, addressOf) => {
    const executable = one(bytes);

    expect(readAtAddress(executable, addressOf(DATA_OFFSET), 9).toString()).toBe('the first');
    expect(readAtAddress(executable, addressOf(DATA_OFFSET), 1_000_000).length).toBeLessThan(100);
    expect(readAtAddress(executable, 16, 9)).toHaveLength(0);
    expect(readAtAddress(executable, addressOf(DATA_OFFSET), -1)).toHaveLength(0);
    expect(executable.segments.some((segment) => segment.writableData)).toBe(true);
  });

  it('reads an ELF file without a section table by its segments', () => {
    const executable = one(elf(PARTS, SHAPES[0]!, false));

    expect(executable.sections).toEqual([]);
    expect(readAtAddress(executable, ELF_BASE + DATA_OFFSET, 3).toString()).toBe('the');
  });

  it('takes the count of sections from the first header when the ELF header has no room for it', () => {
    const bytes = elf(PARTS, SHAPES[0]!);
    const table = Number(bytes.readBigUInt64LE(40));
    bytes.writeBigUInt64LE(BigInt(bytes.readUInt16LE(60)), table + 32);
    bytes.writeUInt16LE(0, 60);
    bytes.writeUInt32LE(bytes.readUInt16LE(62), table + 40);
    bytes.writeUInt16LE(0xffff, 62);

    expect(one(bytes).sections.map(({ name }) => name)).toEqual(['', '.first', '.second', '.shstrtab']);
  });

  it('gives sections without bytes in the file no size', () => {
    const bytes = elf(PARTS, SHAPES[0]!);
    bytes.writeUInt32LE(8, Number(bytes.readBigUInt64LE(40)) + 64 + 4); // SHT_NOBITS

    expect(one(bytes).sections[1]).toMatchObject({ name: '.first', size: 0 });
  });

  it('reads every architecture of a fat Mach-O file', () => {
    const { executables, problems } = read(
      fat([machO(PARTS, SHAPES[0]!), machO(PARTS.slice(1), SHAPES[2]!)]),
    );

    expect(problems).toEqual([]);
    expect(executables.map(({ sections }) => sections.map(({ name }) => name))).toEqual([
      ['.first', '.second'],
      ['.second'],
    ]);
    const second = executables[1]!;
    expect(second.bytes.read(DATA_OFFSET, 10).toString()).toBe('the second');
  });

  it('finds nothing in an MS-DOS program', () => {
    const program = Buffer.alloc(256);
    program.write('MZ');

    expect(read(program)).toEqual({ executables: [], problems: [] });
  });

  it('tells that a Linux program was packed by UPX', () => {
    const bytes = elf(PARTS, SHAPES[0]!, false);
    bytes.write('UPX!', 64 + 56 + 4);

    expect(one(bytes).packed).toBe(true);
    expect(one(elf(PARTS, SHAPES[0]!, false)).packed).toBe(false);
  });

  it('tells that a Windows program was packed by UPX', () => {
    expect(one(pe([{ name: 'UPX0', data: Buffer.alloc(16) }], 64)).packed).toBe(true);
    expect(one(pe(PARTS, 64)).packed).toBe(false);
  });

  it.each<[string, () => Buffer, string]>([
    ['an ELF header cut short', () => elf(PARTS, SHAPES[0]!).subarray(0, 40), 'malformed'],
    [
      'an unknown ELF class',
      () => edit(elf(PARTS, SHAPES[0]!), (bytes) => bytes.writeUInt8(3, 4)),
      'malformed',
    ],
    [
      'an unknown ELF byte order',
      () => edit(elf(PARTS, SHAPES[0]!), (bytes) => bytes.writeUInt8(0, 5)),
      'malformed',
    ],
    [
      'ELF section headers outside the file',
      () => edit(elf(PARTS, SHAPES[0]!), (bytes) => bytes.writeBigUInt64LE(2n ** 63n, 40)),
      'malformed',
    ],
    ['ELF section headers cut short', () => elf(PARTS, SHAPES[0]!).subarray(0, -10), 'malformed'],
    [
      'ELF section headers of an impossible size',
      () => edit(elf(PARTS, SHAPES[0]!), (bytes) => bytes.writeUInt16LE(8, 58)),
      'malformed',
    ],
    [
      'more ELF sections than the limit',
      () =>
        edit(Buffer.concat([elf(PARTS, SHAPES[0]!), Buffer.alloc(20_000 * 64)]), (bytes) =>
          bytes.writeUInt16LE(20_000, 60),
        ),
      'limit-entries',
    ],
    ['a PE section table cut short', () => pe(PARTS, 64).subarray(0, 0x80 + 24 + 0x60 + 50), 'malformed'],
    ['Mach-O load commands cut short', () => machO(PARTS, SHAPES[0]!).subarray(0, 100), 'malformed'],
    [
      'a Mach-O load command without size',
      () => edit(machO(PARTS, SHAPES[0]!), (bytes) => bytes.writeUInt32LE(0, 36)),
      'malformed',
    ],
    ['more Mach-O sections than the limit', () => manySections(20_000), 'limit-entries'],
    [
      'a fat architecture outside the file',
      () => edit(fat([machO(PARTS, SHAPES[0]!)]), (bytes) => bytes.writeUInt32BE(0x7fff_ffff, 16)),
      'malformed',
    ],
    [
      'a fat file that holds itself',
      () => edit(fat([fat([machO(PARTS, SHAPES[0]!)])]), (bytes) => bytes.writeUInt32BE(0, 16)),
      'malformed',
    ],
  ])('reports %s', (_, build, code) => {
    expect(read(build()).problems.map((problem) => problem.code)).toEqual([code]);
  });

  it.each([...FILES, FAT])('survives 2000 damaged copies of %s', (_, bytes) => {
    const started = performance.now();

    for (const copy of byteFlips(bytes, 2000)) {
      for (const executable of read(copy.bytes).executables) {
        for (const { offset, size, address } of executable.sections) {
          expect(executable.bytes.read(offset, size).length).toBeLessThanOrEqual(bytes.length);
          expect(readAtAddress(executable, address, 64).length).toBeLessThanOrEqual(64);
        }
      }
    }

    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it.each([
    ['usr/bin/app', 0o755, true],
    ['usr/bin/app', 0o711, true],
    ['app/server', 0o644, false],
    ['app/server.exe', 0o644, true],
    ['app/Lib.DLL', 0o644, true],
    ['usr/lib/libx.so', 0o644, true],
    ['usr/lib/libx.so.1.2', 0o644, true],
    ['usr/lib/libx.so.conf', 0o644, false],
    ['app/node_modules/x/x.node', 0o644, true],
    ['usr/bin/tool-1.2', 0o755, true],
    ['app/.hidden', 0o755, true],
    ['app/run.sh', 0o755, false],
    ['app/main.py', 0o755, false],
    ['app/app.jar', 0o755, false],
    ['usr/share/doc/x/example', 0o755, false],
  ])('takes %s with mode %o for a program: %s', (path, mode, expected) => {
    expect(mayBeExecutable(path, { size: 4096, mode })).toBe(expected);
  });

  it('takes no file smaller than a header for a program', () => {
    expect(mayBeExecutable('usr/bin/app', { size: 51, mode: 0o755 })).toBe(false);
  });

  it.each([
    ['ELF', elf(PARTS, SHAPES[0]!), true],
    ['PE', pe(PARTS, 32), true],
    ['Mach-O', machO(PARTS, SHAPES[1]!), true],
    ['fat Mach-O', fat([machO(PARTS, SHAPES[0]!)]), true],
    // Version 65 (Java 21); class files share their magic with fat Mach-O.
    ['a Java class', Buffer.from('cafebabe00000041000a', 'hex'), false],
    ['a script', Buffer.from('#!/bin/sh\n'), false],
    ['nothing', Buffer.alloc(0), false],
  ])('tells by the first bytes of %s', (_, bytes, expected) => {
    expect(isExecutable(bytes.subarray(0, 512))).toBe(expected);
  });
});

function edit(bytes: Buffer, change: (bytes: Buffer) => void): Buffer {
  change(bytes);
  return bytes;
}

/** A Mach-O file with one command that lists so many nameless sections. */
function manySections(count: number): Buffer {
  const bytes = Buffer.concat([machO([], SHAPES[0]!), Buffer.alloc(count * 80)]);
  bytes.writeUInt32LE(72 + count * 80, 20);
  bytes.writeUInt32LE(72 + count * 80, 36);
  bytes.writeUInt32LE(count, 32 + 64);
  return bytes;
}
