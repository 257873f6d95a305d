import type { ByteSource } from '../byte-source.ts';

/** A named part of an executable. */
export type Section = {
  readonly name: string;
  /** Offset in `Executable.bytes`. */
  readonly offset: number;
  /** Bytes that the file holds; 0 for parts that exist in memory only. */
  readonly size: number;
  /** Virtual address. */
  readonly address: number;
};

/** A part of an executable that is loaded in one piece. */
export type Segment = {
  /** Offset in `Executable.bytes`. */
  readonly offset: number;
  /** Bytes that the file holds. */
  readonly size: number;
  /** Virtual address. */
  readonly address: number;
  /** True for loaded data that is readable and writable and not code. */
  readonly writableData: boolean;
};

/** One program or library: a whole ELF, PE or Mach-O file, or one architecture of a fat Mach-O file. */
export type Executable = {
  readonly format: 'elf' | 'pe' | 'mach-o';
  /** What all offsets refer to: the file, or the slice of a fat file. */
  readonly bytes: ByteSource;
  readonly sections: readonly Section[];
  readonly segments: readonly Segment[];
  /** True when the bytes of the program were compressed by UPX, which leaves no section of the original. */
  readonly packed: boolean;
};

/** Why an executable could not be read, or only in part. */
export type ExecutableProblem = {
  readonly code: 'malformed' | 'limit-entries';
  readonly detail: string;
};

export type ReadExecutable = {
  readonly executables: readonly Executable[];
  readonly problems: readonly ExecutableProblem[];
};

/** Sections and segments of one file that are read; a Linux program has some 30, a kernel some 100. */
export const MAX_TABLE_ENTRIES = 16_384;

/**
 * Up to `length` bytes from a virtual address, from the first segment that holds it and never beyond that segment's end;
 * empty when no segment of the file holds the address.
 */
export function readAtAddress(executable: Executable, address: number, length: number): Buffer {
  const segment = executable.segments.find(
    (one) => one.address <= address && address < one.address + one.size,
  );
  if (segment === undefined || length <= 0) return Buffer.alloc(0);
  const skipped = address - segment.address;
  return executable.bytes.read(segment.offset + skipped, Math.min(length, segment.size - skipped));
}
