import type { FileHandle } from 'node:fs/promises';
import { KiB, MiB } from '../../shared/units.ts';
import { RegistryError } from '../errors.ts';
import { firstBytes } from './read.ts';
import { BLOCK_BYTES, isZeroBlock, readHeader, readPaxRecords, type TarHeader } from './tar-header.ts';

/** Where the content of a regular file lies in the archive, or the path another entry of it is a link to. */
export type TarEntry = { readonly offset: number; readonly size: number } | { readonly linkTo: string };

/** By normalised path; a path met again replaces what it was, as in extraction. */
export type TarIndex = ReadonlyMap<string, TarEntry>;

/** Saved images have some files per layer; more entries than this is a file system, not an image. */
const MAX_ENTRIES = 100_000;
/** Bytes of a PAX header or long name that are accepted. */
const MAX_EXTENSION_BYTES = 1 * MiB;
/** Bytes read at once: neighbouring headers of small files come in one read. */
const WINDOW_BYTES = 64 * KiB;

/**
 * Finds every file of an uncompressed tar by walking its headers; contents are skipped, not read. Throws
 * `archive-invalid` when it is no tar or is cut off, and when it has more than 100,000 entries.
 */
export async function indexTar(handle: FileHandle): Promise<TarIndex> {
  const { size: end } = await handle.stat();
  const read = windowed(handle);
  const index = new Map<string, TarEntry>();
  let extension: Extension = {};
  let entries = 0;
  for (let at = 0; at < end; ) {
    const block = await read(at, BLOCK_BYTES);
    // Some writers leave the closing blocks out: the end of the file then is the end of the archive.
    if (block.length < BLOCK_BYTES || isZeroBlock(block)) break;
    if (++entries > MAX_ENTRIES)
      throw invalid(`it has more than ${MAX_ENTRIES} entries: a file system, not an image`);
    const header = readHeader(block);
    if (header === undefined)
      throw invalid(
        at === 0
          ? 'it is no tar, as docker save or an OCI image layout is'
          : `no header where one must be, at byte ${at}`,
      );
    const content = at + BLOCK_BYTES;
    const size = isExtension(header) ? header.size : (extension.size ?? header.size);
    if (content + size > end) throw invalid(`it is cut off in '${extension.path ?? header.path}'`);
    if (isExtension(header)) {
      if (size > MAX_EXTENSION_BYTES) throw invalid('a header has an extension of more than 1 MiB');
      Object.assign(extension, extensionOf(header.type, await read(content, size)));
    } else {
      add(index, { ...header, ...extension }, content);
      extension = {};
    }
    at = content + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  }
  return index;
}

type Extension = { readonly path?: string; readonly linkTo?: string; readonly size?: number };

/** PAX (`x`, `g`) and GNU long name (`L`) and long link (`K`) entries, which say something of the next entry. */
function isExtension({ type }: TarHeader): boolean {
  return type === 'x' || type === 'g' || type === 'L' || type === 'K';
}

function extensionOf(type: string, content: Buffer): Extension {
  if (type === 'L') return { path: untilNul(content) };
  if (type === 'K') return { linkTo: untilNul(content) };
  // A global header names no path, link or size of a single entry.
  if (type === 'g') return {};
  const records = readPaxRecords(content);
  const path = records.get('path');
  const linkTo = records.get('linkpath');
  const size = Number(records.get('size') ?? 'none');
  return {
    ...(path === undefined ? {} : { path }),
    ...(linkTo === undefined ? {} : { linkTo }),
    ...(Number.isSafeInteger(size) && size >= 0 ? { size } : {}),
  };
}

function add(index: Map<string, TarEntry>, { path, linkTo, size, type }: TarHeader, offset: number): void {
  const name = normalise(path);
  if (name === undefined) return;
  if (type === '0' || type === '7') index.set(name, { offset, size });
  else if (type === '2') {
    const target = normalise(linkTo.startsWith('/') ? linkTo : `${name}/../${linkTo}`);
    if (target !== undefined) index.set(name, { linkTo: target });
  } else if (type === '1') {
    const target = normalise(linkTo);
    if (target !== undefined) index.set(name, { linkTo: target });
  }
}

/** The path without `.`, `..` and empty segments; `undefined` when it leads out of the archive. */
function normalise(path: string): string | undefined {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') {
      if (segments.pop() === undefined) return undefined;
    } else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return segments.join('/');
}

function windowed(handle: FileHandle): (at: number, length: number) => Promise<Buffer> {
  let start = 0;
  let window: Buffer = Buffer.alloc(0);
  return async (at, length) => {
    if (at < start || at + length > start + window.length) {
      window = await firstBytes(handle, Math.max(length, WINDOW_BYTES), at);
      start = at;
    }
    return window.subarray(at - start, at - start + length);
  };
}

function untilNul(content: Buffer): string {
  const end = content.indexOf(0);
  return content.toString('utf8', 0, end < 0 ? content.length : end);
}

function invalid(what: string): RegistryError {
  return new RegistryError('archive-invalid', `the archive cannot be read: ${what}`);
}
