import type { ByteSource } from '../byte-source.ts';
import type { ReadExecutable, Section, Segment } from './executable.ts';
import { type Fields, fieldsOf } from './fields.ts';

/**
 * Portable Executable, PE32 and PE32+. MS-DOS stub, COFF header, optional header and section table:
 * https://learn.microsoft.com/windows/win32/debug/pe-format
 */
const PE_OFFSET_AT = 0x3c;
const PE_SIGNATURE = Buffer.from('PE\0\0', 'latin1');
const COFF_BYTES = 24;
const SECTION_BYTES = 40;
const PE32_PLUS = 0x20b;

/** The flags of plain data, the alignment bits left out: initialised, readable, writable and nothing else. */
const ALIGNMENT_BITS = 0x00f0_0000;
const PLAIN_DATA = (0x0000_0040 | 0x4000_0000 | 0x8000_0000) >>> 0;

/** Reads the section table of a PE file. An MS-DOS program without a PE header is no executable of ours: an empty answer. */
export function readPe(bytes: ByteSource): ReadExecutable {
  const start = fieldsOf(bytes.read(0, 64), true).u32(PE_OFFSET_AT);
  const coff = bytes.read(start, COFF_BYTES);
  if (coff.length < COFF_BYTES || !coff.subarray(0, 4).equals(PE_SIGNATURE))
    return { executables: [], problems: [] };
  const header = fieldsOf(coff, true);
  const count = header.u16(6);
  const optionalBytes = header.u16(20);
  const optional = fieldsOf(bytes.read(start + COFF_BYTES, 64), true);
  const imageBase = optional.u16(0) === PE32_PLUS ? optional.u64(24) : optional.u32(28);

  const table = bytes.read(start + COFF_BYTES + optionalBytes, count * SECTION_BYTES);
  const present = Math.floor(table.length / SECTION_BYTES);
  const entries = Array.from({ length: present }, (_, index) =>
    fieldsOf(table.subarray(index * SECTION_BYTES, (index + 1) * SECTION_BYTES), true),
  );
  const sections = entries.map((entry) => toSection(entry, imageBase));
  const segments = entries.map((entry) => toSegment(entry, imageBase));
  const packed = sections.some((section) => section.name === 'UPX0' || section.name === 'UPX1');
  const problems =
    present < count ? [{ code: 'malformed', detail: 'the PE section table is cut short' } as const] : [];
  return { executables: [{ format: 'pe', bytes, sections, segments, packed }], problems };
}

/** Names of more than eight characters stand in a string table; no section that is looked for has one. */
function toSection(entry: Fields, imageBase: number): Section {
  return {
    name: entry.text(0, 8),
    offset: entry.u32(20),
    size: entry.u32(16),
    address: imageBase + entry.u32(12),
  };
}

function toSegment(entry: Fields, imageBase: number): Segment {
  const flags = entry.u32(36) & ~ALIGNMENT_BITS;
  return {
    offset: entry.u32(20),
    size: entry.u32(16),
    address: imageBase + entry.u32(12),
    writableData: entry.u32(12) !== 0 && flags >>> 0 === PLAIN_DATA,
  };
}
