import { MiB } from '../../shared/units.ts';
import { type ByteSource, sliceOf } from '../byte-source.ts';
import {
  type Executable,
  type ExecutableProblem,
  MAX_TABLE_ENTRIES,
  type ReadExecutable,
  type Section,
  type Segment,
} from './executable.ts';
import { type Fields, fieldsOf } from './fields.ts';

/**
 * Mach-O, 32 and 64 bits, both byte orders, and fat files of several architectures.
 * https://github.com/apple-oss-distributions/xnu/blob/xnu-11215.1.10/EXTERNAL_HEADERS/mach-o/loader.h and fat.h
 */
type Layout = {
  readonly headerBytes: number;
  readonly segmentCommand: number;
  /** Size of a segment command before its sections, and of one section. */
  readonly segmentBytes: number;
  readonly sectionBytes: number;
  word(fields: Fields, at: number): number;
  readonly segment: Readonly<Record<'address' | 'offset' | 'size' | 'maxProtection' | 'sections', number>>;
  readonly section: Readonly<Record<'address' | 'size' | 'offset' | 'flags', number>>;
};

const LAYOUT_32: Layout = {
  headerBytes: 28,
  segmentCommand: 0x1,
  segmentBytes: 56,
  sectionBytes: 68,
  word: (fields, at) => fields.u32(at),
  segment: { address: 24, offset: 32, size: 36, maxProtection: 40, sections: 48 },
  section: { address: 32, size: 36, offset: 40, flags: 56 },
};

const LAYOUT_64: Layout = {
  headerBytes: 32,
  segmentCommand: 0x19,
  segmentBytes: 72,
  sectionBytes: 80,
  word: (fields, at) => fields.u64(at),
  segment: { address: 24, offset: 40, size: 48, maxProtection: 56, sections: 64 },
  section: { address: 32, size: 40, offset: 48, flags: 64 },
};

const MAGIC_32 = 0xfeed_face;
const MAGIC_64 = 0xfeed_facf;
const FAT_MAGIC = 0xcafe_babe;
const FAT_MAGIC_64 = 0xcafe_babf;
/** Java class files begin with 0xcafebabe too, followed by a version of at least 45; no fat file has this many parts. */
const MAX_ARCHITECTURES = 20;
const MAX_COMMAND_BYTES = 4 * MiB;
const READ_WRITE = 3;
/** Section types that have no bytes in the file: S_ZEROFILL, S_GB_ZEROFILL, S_THREAD_LOCAL_ZEROFILL. */
const ZERO_FILLED: ReadonlySet<number> = new Set([0x1, 0xc, 0x12]);

/** True for the first eight bytes of a fat file; a Java class file is none. */
export function isFatMachO(head: Buffer): boolean {
  if (head.length < 8) return false;
  const magic = head.readUInt32BE(0);
  const count = head.readUInt32BE(4);
  return (magic === FAT_MAGIC || magic === FAT_MAGIC_64) && count > 0 && count <= MAX_ARCHITECTURES;
}

/** True for the first four bytes of a Mach-O file of one architecture. */
export function isMachO(head: Buffer): boolean {
  if (head.length < 4) return false;
  const [big, little] = [head.readUInt32BE(0), head.readUInt32LE(0)];
  return big === MAGIC_32 || big === MAGIC_64 || little === MAGIC_32 || little === MAGIC_64;
}

/** Reads each architecture of a fat file as an executable of its own. */
export function readFatMachO(bytes: ByteSource): ReadExecutable {
  const header = fieldsOf(bytes.read(0, 8), false);
  const wide = header.u32(0) === FAT_MAGIC_64;
  const entryBytes = wide ? 32 : 20;
  const count = Math.min(header.u32(4), MAX_ARCHITECTURES);
  const executables: Executable[] = [];
  const problems: ExecutableProblem[] = [];
  for (let index = 0; index < count; index++) {
    const entry = fieldsOf(bytes.read(8 + index * entryBytes, entryBytes), false);
    const [offset, size] = wide ? [entry.u64(8), entry.u64(16)] : [entry.u32(8), entry.u32(12)];
    const slice = sliceOf(bytes, offset, size);
    if (offset === 0 || slice.size < size || !isMachO(slice.read(0, 4))) {
      problems.push({
        code: 'malformed',
        detail: `architecture ${index} of the fat Mach-O file is not in it`,
      });
      continue;
    }
    const part = readMachO(slice);
    executables.push(...part.executables);
    problems.push(...part.problems);
  }
  return { executables, problems };
}

/** Reads the segments and sections of a Mach-O file of one architecture. */
export function readMachO(bytes: ByteSource): ReadExecutable {
  const head = bytes.read(0, 32);
  const magic = fieldsOf(head, true).u32(0);
  const littleEndian = magic === MAGIC_32 || magic === MAGIC_64;
  const header = fieldsOf(head, littleEndian);
  const layout = header.u32(0) === MAGIC_64 ? LAYOUT_64 : LAYOUT_32;
  const declaredBytes = header.u32(20);
  const commands = bytes.read(layout.headerBytes, Math.min(declaredBytes, MAX_COMMAND_BYTES));
  const problems: ExecutableProblem[] = [];
  if (commands.length < declaredBytes) {
    problems.push({ code: 'malformed', detail: 'the Mach-O load commands are cut short' });
  }

  const sections: Section[] = [];
  const segments: Segment[] = [];
  let packed = false;
  let at = 0;
  for (let left = header.u32(16); left > 0 && at + 8 <= commands.length; left--) {
    const size = fieldsOf(commands.subarray(at, at + 8), littleEndian).u32(4);
    if (size < 8) {
      problems.push({ code: 'malformed', detail: 'a Mach-O load command has no size' });
      break;
    }
    const command = fieldsOf(commands.subarray(at, at + size), littleEndian);
    at += size;
    if (command.u32(0) !== layout.segmentCommand) continue;
    if (command.text(8, 16) !== '__PAGEZERO') segments.push(toSegment(command, layout));
    packed ||= command.text(8, 16) === '__XHDR';
    sections.push(...toSections(command, layout));
    if (sections.length > MAX_TABLE_ENTRIES) {
      problems.push({ code: 'limit-entries', detail: `more than ${MAX_TABLE_ENTRIES} Mach-O sections` });
      break;
    }
  }
  return { executables: [{ format: 'mach-o', bytes, sections, segments, packed }], problems };
}

function toSegment(command: Fields, layout: Layout): Segment {
  const { address, offset, size, maxProtection } = layout.segment;
  return {
    offset: layout.word(command, offset),
    size: layout.word(command, size),
    address: layout.word(command, address),
    writableData:
      layout.word(command, address) !== 0 &&
      command.u32(maxProtection) === READ_WRITE &&
      command.u32(maxProtection + 4) === READ_WRITE,
  };
}

function toSections(command: Fields, layout: Layout): readonly Section[] {
  const room = Math.floor((command.length - layout.segmentBytes) / layout.sectionBytes);
  const count = Math.max(0, Math.min(command.u32(layout.segment.sections), room));
  return Array.from({ length: count }, (_, index) => {
    const at = layout.segmentBytes + index * layout.sectionBytes;
    const zeroFilled = ZERO_FILLED.has(command.u32(at + layout.section.flags) & 0xff);
    return {
      name: command.text(at, 16),
      offset: command.u32(at + layout.section.offset),
      size: zeroFilled ? 0 : layout.word(command, at + layout.section.size),
      address: layout.word(command, at + layout.section.address),
    };
  });
}
