import { type ByteSource, sliceOf } from '../byte-source.ts';
import { readElf } from './elf.ts';
import type { ReadExecutable } from './executable.ts';
import { isFatMachO, isMachO, readFatMachO, readMachO } from './mach-o.ts';
import { readPe } from './pe.ts';

const ELF_MAGIC = Buffer.from('\x7fELF', 'latin1');
const MZ_MAGIC = Buffer.from('MZ', 'latin1');

/** True when the first bytes (eight at least) are those of an ELF, PE or Mach-O file; `MZ` alone may be an MS-DOS program. */
export function isExecutable(head: Buffer): boolean {
  return startsWith(head, ELF_MAGIC) || startsWith(head, MZ_MAGIC) || isMachO(head) || isFatMachO(head);
}

/**
 * The programs in a file: one, or one for each architecture of a fat Mach-O file; none when the file is not an executable.
 * Reads headers and tables only. Never throws: what is broken or beyond the limits is in `problems`, the rest is returned.
 */
export function readExecutables(file: ByteSource): ReadExecutable {
  const bytes = sliceOf(file, 0, file.size);
  const head = bytes.read(0, 8);
  if (startsWith(head, ELF_MAGIC)) return readElf(bytes);
  if (startsWith(head, MZ_MAGIC)) return readPe(bytes);
  if (isFatMachO(head)) return readFatMachO(bytes);
  if (isMachO(head)) return readMachO(bytes);
  return { executables: [], problems: [] };
}

function startsWith(bytes: Buffer, magic: Buffer): boolean {
  return bytes.subarray(0, magic.length).equals(magic);
}
