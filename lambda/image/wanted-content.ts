import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WantedFile } from './analyzer.ts';

/**
 * Collects the content of one entry: in memory up to `memoryBytes`, beyond that in a temporary file that has no name
 * any more once it is open, so that it vanishes with the process whatever happens.
 */
export class WantedContent {
  readonly #path: string;
  readonly #size: number;
  readonly #mode: number;
  readonly #memory: Buffer | undefined;
  readonly #descriptor: number | undefined;
  #fill = 0;

  constructor(path: string, size: number, mode: number, memoryBytes: number) {
    this.#path = path;
    this.#size = size;
    this.#mode = mode;
    if (size <= memoryBytes) this.#memory = Buffer.allocUnsafeSlow(size);
    else this.#descriptor = openUnnamed();
  }

  append(chunk: Buffer): void {
    if (this.#memory !== undefined) chunk.copy(this.#memory, this.#fill);
    else writeFully(this.#descriptor as number, chunk);
    this.#fill += chunk.length;
  }

  /** The file, valid until `release`. */
  file(): WantedFile {
    const size = this.#fill;
    const memory = this.#memory;
    const descriptor = this.#descriptor;
    const read = (offset: number, length: number): Buffer => {
      const start = Math.max(0, Math.min(offset, size));
      const count = Math.max(0, Math.min(length, size - start));
      if (memory !== undefined) return memory.subarray(start, start + count);
      return readFully(descriptor as number, start, count);
    };
    return { path: this.#path, size, mode: this.#mode, read, bytes: () => read(0, size) };
  }

  release(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
  }

  get size(): number {
    return this.#size;
  }
}

function openUnnamed(): number {
  const folder = mkdtempSync(join(tmpdir(), 'backline-'));
  try {
    return openSync(join(folder, 'content'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeFully(descriptor: number, chunk: Buffer): void {
  let at = 0;
  while (at < chunk.length) at += writeSync(descriptor, chunk, at);
}

function readFully(descriptor: number, position: number, count: number): Buffer {
  const bytes = Buffer.allocUnsafe(count);
  let at = 0;
  while (at < count) {
    const got = readSync(descriptor, bytes, at, count - at, position + at);
    if (got === 0) break;
    at += got;
  }
  return at === count ? bytes : bytes.subarray(0, at);
}
