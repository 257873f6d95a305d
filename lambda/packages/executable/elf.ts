import { MiB } from '../../shared/units.ts';
import type { ByteSource } from '../byte-source.ts';
import { MAX_TABLE_ENTRIES, type ReadExecutable, type Section, type Segment } from './executable.ts';
import { type Fields, fieldsOf, textAt } from './fields.ts';

/**
 * ELF, 32 and 64 bits, both byte orders.
 * Header, section header and program header layouts: https://gabi.xinuos.com/elf/02-eheader.html, 03-sheader.html and
 * 07-pheader.html.
 */
type Layout = {
  readonly headerBytes: number;
  readonly programBytes: number;
  readonly sectionBytes: number;
  word(fields: Fields, at: number): number;
  /** Offsets of fields: of the ELF header, of a section header, of a program header. */
  readonly e: Readonly<Record<'phoff' | 'shoff' | 'phentsize', number>>;
  readonly sh: Readonly<Record<'address' | 'offset' | 'size' | 'link' | 'info', number>>;
  readonly p: Readonly<Record<'flags' | 'offset' | 'address' | 'size', number>>;
};

const LAYOUT_32: Layout = {
  headerBytes: 52,
  programBytes: 32,
  sectionBytes: 40,
  word: (fields, at) => fields.u32(at),
  e: { phoff: 28, shoff: 32, phentsize: 42 },
  sh: { address: 12, offset: 16, size: 20, link: 24, info: 28 },
  p: { flags: 24, offset: 4, address: 8, size: 16 },
};

const LAYOUT_64: Layout = {
  headerBytes: 64,
  programBytes: 56,
  sectionBytes: 64,
  word: (fields, at) => fields.u64(at),
  e: { phoff: 32, shoff: 40, phentsize: 54 },
  sh: { address: 16, offset: 24, size: 32, link: 40, info: 44 },
  p: { flags: 4, offset: 8, address: 16, size: 32 },
};

const PT_LOAD = 1;
const SHT_NOBITS = 8;
const PF_X = 1;
const PF_W = 2;
/** Escape values: the true count or index is in section header 0. */
const PN_XNUM = 0xffff;
const SHN_XINDEX = 0xffff;
/** Entries may grow in later versions of the format; none has since 1999. */
const MAX_ENTRY_BYTES = 256;
const MAX_NAMES_BYTES = 4 * MiB;
const MAX_NAME_LENGTH = 256;

/** UPX writes its `l_info` block (checksum, then this magic) behind the program headers: upx/src/stub/src/include/linux.h. */
const UPX_MAGIC = Buffer.from('UPX!');

/** Reads the tables of an ELF file. A broken table is reported and the rest is still returned. */
export function readElf(bytes: ByteSource): ReadExecutable {
  const ident = bytes.read(0, 64);
  const layout = ident[4] === 1 ? LAYOUT_32 : ident[4] === 2 ? LAYOUT_64 : undefined;
  const littleEndian = ident[5] === 1;
  if (layout === undefined || (!littleEndian && ident[5] !== 2) || ident.length < layout.headerBytes) {
    return malformed('the ELF header is broken or cut short');
  }
  const header = fieldsOf(ident, littleEndian);
  const open = (at: number, length: number) => fieldsOf(bytes.read(at, length), littleEndian);
  const file: File = { bytes, layout, header, littleEndian, open, problems: [] };

  const sections = readSections(file);
  const segments = readSegments(file);
  const executable = { format: 'elf', bytes, sections, segments, packed: isPacked(file) } as const;
  return { executables: [executable], problems: file.problems };
}

type File = {
  readonly bytes: ByteSource;
  readonly layout: Layout;
  readonly header: Fields;
  readonly littleEndian: boolean;
  readonly problems: { code: 'malformed' | 'limit-entries'; detail: string }[];
  open(at: number, length: number): Fields;
};

function readSections(file: File): readonly Section[] {
  const { layout, header } = file;
  const start = layout.word(header, layout.e.shoff);
  if (start === 0) return [];
  const first = file.open(start, layout.sectionBytes);
  const { phentsize } = layout.e;
  const entryBytes = header.u16(phentsize + 4);
  const count = header.u16(phentsize + 6) || layout.word(first, layout.sh.size);
  const table = readTable(file, 'section', { start, entryBytes, count, minBytes: layout.sectionBytes });
  const declared = header.u16(phentsize + 8);
  const namesIndex = declared === SHN_XINDEX ? first.u32(layout.sh.link) : declared;

  const namesHeader = table[namesIndex];
  const names = namesHeader === undefined ? Buffer.alloc(0) : readNames(file, namesHeader);
  return table.map((entry) => ({
    name: textAt(names, entry.u32(0), MAX_NAME_LENGTH),
    offset: layout.word(entry, layout.sh.offset),
    size: entry.u32(4) === SHT_NOBITS ? 0 : layout.word(entry, layout.sh.size),
    address: layout.word(entry, layout.sh.address),
  }));
}

function readNames({ bytes, layout }: File, header: Fields): Buffer {
  const size = Math.min(layout.word(header, layout.sh.size), MAX_NAMES_BYTES);
  return bytes.read(layout.word(header, layout.sh.offset), size);
}

function readSegments(file: File): readonly Segment[] {
  const { layout, header } = file;
  const start = layout.word(header, layout.e.phoff);
  if (start === 0) return [];
  const entryBytes = header.u16(layout.e.phentsize);
  const declared = header.u16(layout.e.phentsize + 2);
  const count =
    declared === PN_XNUM
      ? file.open(layout.word(header, layout.e.shoff), layout.sectionBytes).u32(layout.sh.info)
      : declared;
  const table = readTable(file, 'program', { start, entryBytes, count, minBytes: layout.programBytes });
  return table
    .filter((entry) => entry.u32(0) === PT_LOAD)
    .map((entry) => ({
      offset: layout.word(entry, layout.p.offset),
      size: layout.word(entry, layout.p.size),
      address: layout.word(entry, layout.p.address),
      writableData: (entry.u32(layout.p.flags) & (PF_W | PF_X)) === PF_W,
    }));
}

type Table = {
  readonly start: number;
  readonly entryBytes: number;
  readonly count: number;
  readonly minBytes: number;
};

function readTable(file: File, name: string, table: Table): readonly Fields[] {
  const { start, entryBytes, minBytes } = table;
  if (table.count === 0) return [];
  if (entryBytes < minBytes || entryBytes > MAX_ENTRY_BYTES || start + entryBytes > file.bytes.size) {
    file.problems.push({ code: 'malformed', detail: `the ELF ${name} headers lie outside the file` });
    return [];
  }
  const count = Math.min(table.count, MAX_TABLE_ENTRIES);
  if (count < table.count) {
    file.problems.push({
      code: 'limit-entries',
      detail: `more than ${MAX_TABLE_ENTRIES} ELF ${name} headers`,
    });
  }
  const whole = file.bytes.read(start, entryBytes * count);
  if (whole.length < entryBytes * count) {
    file.problems.push({ code: 'malformed', detail: `the ELF ${name} headers are cut short` });
  }
  const present = Math.floor(whole.length / entryBytes);
  return Array.from({ length: present }, (_, index) =>
    fieldsOf(whole.subarray(index * entryBytes, (index + 1) * entryBytes), file.littleEndian),
  );
}

function isPacked({ bytes, layout, header }: File): boolean {
  const { phentsize } = layout.e;
  const end = layout.word(header, layout.e.phoff) + header.u16(phentsize) * header.u16(phentsize + 2);
  return bytes.read(end + 4, 4).equals(UPX_MAGIC);
}

function malformed(detail: string): ReadExecutable {
  return { executables: [], problems: [{ code: 'malformed', detail }] };
}
