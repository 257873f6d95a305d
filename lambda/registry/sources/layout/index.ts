import { pipeline, type Readable } from 'node:stream';
import { isDigest } from '../../../shared/digest.ts';
import { RegistryError } from '../../errors.ts';
import { readDocument } from '../../files/document.ts';
import type { StoredFiles } from '../../files/stored-files.ts';
import { MAX_MANIFEST_BYTES, manifestOf, manifestTooLarge, OCI_INDEX } from '../../manifest-bytes.ts';
import type { Descriptor, ImageSource, ManifestBytes } from '../../source.ts';
import { checkDescriptor, verifiedStream } from '../../verified-stream.ts';
import { type Choice, choose } from './choose.ts';
import { layoutFileSchema, layoutIndexSchema } from './schema.ts';

/** True when the files have what makes them an OCI image layout. */
export async function isLayout(files: StoredFiles): Promise<boolean> {
  return (await files.size('oci-layout')) !== undefined && (await files.size('index.json')) !== undefined;
}

/**
 * An image of an OCI image layout, in a directory or an archive. `reference` is a digest or a name in `index.json`.
 * Throws `layout-invalid`, `image-not-found`, `image-ambiguous`. The source closes `files`; a failed call does not.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md
 */
export async function openLayout(files: StoredFiles, reference?: string): Promise<ImageSource> {
  const version = await document(files, 'oci-layout', layoutFileSchema);
  if (!version.value.imageLayoutVersion.startsWith('1.')) {
    throw invalid(files, `its version is '${version.value.imageLayoutVersion.slice(0, 20)}', 1.0.0 is read`);
  }
  const index = await document(files, 'index.json', layoutIndexSchema);
  const choice = choose(index.value.manifests, reference);
  return {
    name: reference === undefined ? files.name : `${files.name}:${reference}`,
    manifest: (digest) =>
      digest === undefined ? chosen(files, choice, index.bytes) : manifest(files, digest),
    blob: (descriptor, signal) => blob(files, descriptor, signal),
    close: () => files.close(),
  };
}

async function chosen(files: StoredFiles, choice: Choice, indexBytes: Buffer): Promise<ManifestBytes> {
  if (choice === 'index') return manifestOf(indexBytes, undefined, OCI_INDEX);
  return manifest(files, choice.digest, choice.mediaType);
}

async function manifest(files: StoredFiles, digest: string, mediaType?: string): Promise<ManifestBytes> {
  const bytes = isDigest(digest) ? await files.head(blobPath(digest), MAX_MANIFEST_BYTES + 1) : undefined;
  if (bytes === undefined) {
    throw new RegistryError('image-not-found', `the layout has no manifest ${digest.slice(0, 150)}`, {
      data: { digest },
    });
  }
  if (bytes.length > MAX_MANIFEST_BYTES) throw manifestTooLarge();
  return manifestOf(bytes, digest, mediaType);
}

async function blob(files: StoredFiles, descriptor: Descriptor, signal?: AbortSignal): Promise<Readable> {
  checkDescriptor(descriptor);
  const stored = await files.stream(blobPath(descriptor.digest), signal);
  if (stored === undefined) {
    const { digest } = descriptor;
    throw new RegistryError('blob-not-found', `the layout has no blob ${digest}`, { data: { digest } });
  }
  // The consumer of the result meets its error; the callback only keeps it from being unhandled.
  return pipeline(stored, verifiedStream(descriptor), () => {});
}

async function document<T>(files: StoredFiles, path: string, schema: Parameters<typeof readDocument<T>>[2]) {
  const found = await readDocument(files, path, schema);
  if ('broken' in found) throw invalid(files, found.broken);
  return found;
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function invalid(files: StoredFiles, what: string): RegistryError {
  return new RegistryError('layout-invalid', `${files.name} is not an OCI image layout: ${what}`);
}
