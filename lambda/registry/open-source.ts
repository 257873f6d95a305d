import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { isDigest } from '../shared/digest.ts';
import { messageOf } from '../shared/errors.ts';
import { safeText } from '../shared/text.ts';
import { RegistryError } from './errors.ts';
import { openDirectory } from './files/directory.ts';
import type { SpoolOptions } from './files/spool.ts';
import type { StoredFiles } from './files/stored-files.ts';
import { openTar, streamedTar } from './files/tar.ts';
import { parseReference } from './reference.ts';
import type { ImageSource } from './source.ts';
import { isSaved, openSaved } from './sources/archive/index.ts';
import { isLayout, openLayout } from './sources/layout/index.ts';
import { openRegistry, type RegistryOptions } from './sources/oci/index.ts';

export type OpenOptions = RegistryOptions &
  SpoolOptions & {
    /** Read for the input `-`; the process's standard input when absent. */
    readonly stdin?: Readable;
  };

/**
 * Opens what somebody named as an image:
 * - `-`: an archive on standard input;
 * - `oci:PATH[:NAME]`: an OCI image layout, a directory or an archive of one; `PATH@DIGEST` works as well;
 * - `docker-archive:PATH[:NAME]`: what `docker save` wrote;
 * - `registry:REFERENCE`: an image in a registry;
 * - else a directory that is a layout, else a file, else a reference. Throws `RegistryError`.
 */
export async function openSource(input: string, options: OpenOptions = {}): Promise<ImageSource> {
  const { prefix, rest } = split(input);
  if (prefix === 'registry') return openRegistry(parseReference(rest), options);
  if (prefix !== undefined) {
    const { path, reference } = await place(rest);
    return openPath(path, reference, prefix, options);
  }
  if (input === '-') return openPath('-', undefined, undefined, options);
  const kind = await kindOf(input);
  if (kind === 'file' || (kind === 'directory' && (looksLikePath(input) || (await hasLayout(input))))) {
    return openPath(input, undefined, undefined, options);
  }
  if (looksLikePath(input)) throw noFile(input);
  return openRegistry(referenceOf(input, kind), options);
}

type FilePrefix = 'oci' | 'docker-archive';
const PREFIXES = ['oci', 'docker-archive', 'registry'] as const;

function split(input: string): { prefix?: FilePrefix | 'registry'; rest: string } {
  const prefix = PREFIXES.find((candidate) => input.startsWith(`${candidate}:`));
  return prefix === undefined ? { rest: input } : { prefix, rest: input.slice(prefix.length + 1) };
}

/** Parts `PATH[:NAME]` and `PATH@DIGEST`. Both sides may hold colons: the longest path that exists is meant. */
async function place(text: string): Promise<{ path: string; reference?: string }> {
  const at = text.lastIndexOf('@');
  if (at > 0 && isDigest(text.slice(at + 1)))
    return { path: text.slice(0, at), reference: text.slice(at + 1) };
  for (let end = text.length; end > 0; end = text.lastIndexOf(':', end - 1)) {
    const path = text.slice(0, end);
    const exists = path === '-' || (await kindOf(path)) !== undefined;
    if (exists) return end === text.length ? { path } : { path, reference: text.slice(end + 1) };
  }
  throw noFile(text);
}

async function openPath(
  path: string,
  reference: string | undefined,
  prefix: FilePrefix | undefined,
  options: OpenOptions,
): Promise<ImageSource> {
  let files: StoredFiles | undefined;
  try {
    files = await filesAt(path, options);
    return await openFiles(files, reference, prefix);
  } catch (error) {
    await files?.close();
    if (error instanceof RegistryError) throw error;
    throw new RegistryError('archive-invalid', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

async function filesAt(path: string, options: OpenOptions): Promise<StoredFiles> {
  if (path === '-') return streamedTar('standard input', options.stdin ?? process.stdin, options);
  const kind = await kindOf(path);
  if (kind === undefined) throw noFile(path);
  return kind === 'directory' ? openDirectory(path) : openTar(path, options);
}

/** A layout's digests are those the image was made with, so it is preferred to the other form Docker puts beside it. */
async function openFiles(
  files: StoredFiles,
  reference: string | undefined,
  prefix: FilePrefix | undefined,
): Promise<ImageSource> {
  const saved = prefix !== 'oci' && (await isSaved(files));
  if (prefix === 'oci' || (await isLayout(files))) {
    try {
      return await openLayout(files, reference);
    } catch (error) {
      // Docker wrote the full names into manifest.json only, before it learned to put them into index.json.
      if (!saved || !(error instanceof RegistryError) || error.code !== 'image-not-found') throw error;
    }
  }
  if (saved) return openSaved(files, reference);
  throw new RegistryError(
    'archive-invalid',
    `${files.name} holds no image: expected an OCI image layout (with oci-layout and index.json) or what docker save ` +
      'writes (with manifest.json); docker export writes a file system, which says nothing of its image',
  );
}

/** What a path leads to; `file` is anything that can be read as one, such as a pipe. */
async function kindOf(path: string): Promise<'file' | 'directory' | undefined> {
  // A NUL byte is in no path, and Node throws on one.
  if (path.includes('\0')) return undefined;
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return undefined;
  return stats.isDirectory() ? 'directory' : 'file';
}

async function hasLayout(path: string): Promise<boolean> {
  return (await kindOf(`${path}/oci-layout`)) === 'file';
}

/** What nobody would write for an image in a registry. */
const PATH = /^(?:\.{0,2}\/|~|\.\.?$)|\\|\.(?:tar|tgz|tar\.gz|tar\.zst)$/;

function looksLikePath(input: string): boolean {
  return PATH.test(input);
}

function referenceOf(input: string, kind: 'directory' | undefined): ReturnType<typeof parseReference> {
  try {
    return parseReference(input);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const there =
      kind === 'directory'
        ? 'the directory of this name is no OCI image layout'
        : 'there is no file of this name';
    throw new RegistryError(error.code, `${error.message}; and ${there}`, { cause: error });
  }
}

function noFile(path: string): RegistryError {
  return new RegistryError('image-not-found', `no such file or directory: ${safeText(path).slice(0, 500)}`);
}
