import type { ImageSource, ListedImage, Registry, RegistryRepository } from '../../lambda/registry/index.ts';
import { RegistryError } from '../../lambda/registry/index.ts';
import type { Gap } from '../../lambda/shared/coverage.ts';
import type { BuiltImage, BuiltIndex } from '../support/image-builder.ts';
import { memorySource } from './memory-source.ts';

/** A connected registry in memory, which counts what is read of it and can be made to fail. */
export interface MemoryRegistry extends Registry {
  /** Puts an image there; the tag may be taken from another one. Gives its digest. */
  tag(repository: string, tag: string, image: BuiltImage | BuiltIndex): string;
  untag(repository: string, tag: string): void;
  remove(repository: string): void;
  /** Told at the next listing: of the repositories, or of this one's images. */
  gap(gap: Gap, repository?: string): void;
  /** Thrown by the next `times` calls of `open` for this digest. */
  fail(digest: string, error: RegistryError, times?: number): void;
  /** This registry, whose images are read through what `change` makes of their sources. */
  through(change: (source: ImageSource) => Partial<ImageSource>): Registry;
  /** Digests of the layers and configs that were read. */
  readonly blobsRead: string[];
  /** Digests given to `open`. */
  readonly opened: string[];
}

export const HOST = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';

/** An empty one. */
export function memoryRegistry(): MemoryRegistry {
  const tags = new Map<string, Map<string, BuiltImage | BuiltIndex>>();
  const gaps: { readonly gap: Gap; readonly repository: string | undefined }[] = [];
  const failures = new Map<string, { readonly error: RegistryError; times: number }>();
  const blobsRead: string[] = [];
  const opened: string[] = [];
  const imageOf = (repository: RegistryRepository, digest: string): BuiltImage | BuiltIndex => {
    const found = [...(tags.get(repository.name)?.values() ?? [])].find(
      ({ descriptor }) => descriptor.digest === digest,
    );
    if (found === undefined) throw new RegistryError('image-not-found', `no such image: ${digest}`);
    return found;
  };
  const registry: MemoryRegistry = {
    provider: 'ecr',
    blobsRead,
    opened,
    tag: (repository, tag, image) => {
      const there = tags.get(repository) ?? new Map<string, BuiltImage | BuiltIndex>();
      tags.set(repository, there.set(tag, image));
      return image.descriptor.digest;
    },
    untag: (repository, tag) => {
      tags.get(repository)?.delete(tag);
    },
    remove: (repository) => {
      tags.delete(repository);
    },
    gap: (gap, repository) => {
      gaps.push({ gap, repository });
    },
    through: (change) => ({
      ...registry,
      open: async (...args) => {
        const source = await registry.open(...args);
        return { ...source, ...change(source) };
      },
    }),
    fail: (digest, error, times = Number.POSITIVE_INFINITY) => {
      failures.set(digest, { error, times });
    },
    async *repositories(onGap) {
      for (const { gap, repository } of gaps) if (repository === undefined) onGap(gap);
      for (const name of tags.keys()) yield { host: HOST, name, region: 'eu-west-1' };
    },
    async *images({ name }, onGap) {
      for (const { gap, repository } of gaps) if (repository === name) onGap(gap);
      const byDigest = Map.groupBy(tags.get(name) ?? [], ([, image]) => image.descriptor.digest);
      for (const [digest, entries] of byDigest) {
        const listed: ListedImage = { digest, tags: entries.map(([tag]) => tag).sort() };
        yield listed;
      }
    },
    open: async (repository, digest): Promise<ImageSource> => {
      opened.push(digest);
      const failure = failures.get(digest);
      if (failure !== undefined && failure.times > 0) {
        failure.times -= 1;
        throw failure.error;
      }
      const source = memorySource(imageOf(repository, digest));
      return {
        ...source,
        name: `${repository.host}/${repository.name}@${digest}`,
        blob: (descriptor, signal) => {
          blobsRead.push(descriptor.digest);
          return source.blob(descriptor, signal);
        },
      };
    },
    close: async () => undefined,
  };
  return registry;
}
