import { pipeline, type Readable } from 'node:stream';
import { imageAmbiguous, imageNotFound } from '../../choice.ts';
import { RegistryError } from '../../errors.ts';
import { readDocument } from '../../files/document.ts';
import type { StoredFiles } from '../../files/stored-files.ts';
import { sameReference } from '../../reference.ts';
import type { Descriptor, ImageSource } from '../../source.ts';
import { checkDescriptor, verifiedStream } from '../../verified-stream.ts';
import { synthesise } from './manifest.ts';
import { type SavedImage, savedImagesSchema } from './schema.ts';

/** True when the files are those of a `docker save`. */
export async function isSaved(files: StoredFiles): Promise<boolean> {
  return (await files.size('manifest.json')) !== undefined;
}

/**
 * An image of an archive made by `docker save`, or by skopeo, kaniko or bazel in its manner. Such an archive has no OCI
 * manifest: one is made, for which every layer is read once. `reference` is one of its `RepoTags`. Throws
 * `archive-invalid`, `image-not-found`, `image-ambiguous`. The source closes `files`; a failed call does not.
 */
export async function openSaved(files: StoredFiles, reference?: string): Promise<ImageSource> {
  const saved = await readDocument(files, 'manifest.json', savedImagesSchema);
  if ('broken' in saved) {
    throw new RegistryError('archive-invalid', `${files.name} was not made by docker save: ${saved.broken}`);
  }
  const { manifest, paths } = await synthesise(files, choose(saved.value, reference));
  return {
    name: reference === undefined ? files.name : `${files.name}:${reference}`,
    manifest: async (digest) => {
      if (digest === undefined || digest === manifest.digest) return manifest;
      throw new RegistryError('image-not-found', `the archive has no manifest ${digest.slice(0, 150)}`);
    },
    blob: (descriptor, signal) => blob(files, paths.get(descriptor.digest), descriptor, signal),
    close: () => files.close(),
  };
}

function choose(images: readonly SavedImage[], reference: string | undefined): SavedImage {
  const tags = images.flatMap(({ RepoTags }) => RepoTags ?? []);
  const found = images.filter(
    ({ RepoTags }) =>
      reference === undefined || RepoTags?.some((tag) => tag === reference || sameReference(tag, reference)),
  );
  const [first] = found;
  if (first === undefined) throw imageNotFound(reference, tags);
  // Images of the same config and layers are one image that was listed under several names.
  const isOne = found.every(
    ({ Config, Layers }) => Config === first.Config && String(Layers) === String(first.Layers),
  );
  if (!isOne)
    throw imageAmbiguous(
      'docker-archive',
      found.flatMap(({ RepoTags, Config }) => RepoTags ?? Config),
    );
  return first;
}

async function blob(
  files: StoredFiles,
  path: string | undefined,
  descriptor: Descriptor,
  signal: AbortSignal | undefined,
): Promise<Readable> {
  checkDescriptor(descriptor);
  const stored = path === undefined ? undefined : await files.stream(path, signal);
  if (stored === undefined) {
    const { digest } = descriptor;
    throw new RegistryError('blob-not-found', `the archive has no blob ${digest}`, { data: { digest } });
  }
  // The consumer of the result meets its error; the callback only keeps it from being unhandled.
  return pipeline(stored, verifiedStream(descriptor), () => {});
}
