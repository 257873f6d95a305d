import {
  type ListedImage,
  type OnGap,
  type Registry,
  RegistryError,
  type RegistryRepository,
} from '../../registry/index.ts';
import type { StateStore } from '../../store/index.ts';
import {
  AGAIN_PREFIX,
  allRecords,
  repositoryPartition,
  SORT,
  TAG_PREFIX,
  type TagRecord,
  tagSchema,
} from './records.ts';
import { type ImagePlace, requestScans, type ScanRequests } from './request-scan.ts';

export type Reconciled = { readonly images: number; readonly requested: number };

/**
 * Compares the tags a registry lists with those known, asks for scans of what is new, and notes what changed. Costs one read of
 * the repository's records, and writes for changed tags alone. What cannot be listed is a gap; known tags then stay.
 */
export async function reconcileRepository(
  registry: Registry,
  integration: string,
  repository: RegistryRepository,
  { onGap, ...requests }: ScanRequests & { readonly onGap: OnGap },
): Promise<Reconciled> {
  const listed = await listImages(registry, repository, onGap);
  const known = await knownTags(requests.state, repository);
  const again = await digestsToTryAgain(requests.state, repository);
  const changes = changedTags(listed.images, known, requests.catalogers);
  const digests = new Set([
    ...changes.map(({ digest }) => digest),
    ...listed.images.map(({ digest }) => digest).filter((digest) => again.has(digest)),
  ]);
  const places = [...digests].map((digest): ImagePlace => ({ integration, repository, digest }));
  const requested = await requestScans(places, { ...requests, anew: (digest) => again.has(digest) });
  const partition = repositoryPartition(repository);
  for (const digest of again) await requests.state.delete(partition, SORT.again(digest));
  // Last, so that a look that stops before asks again.
  for (const change of changes) await noteTag(partition, change, known.get(change.tag), requests);
  if (listed.isWhole) await forgetTags(partition, listed.images, known, requests);
  return { images: listed.images.length, requested };
}

async function listImages(
  registry: Registry,
  repository: RegistryRepository,
  onGap: OnGap,
): Promise<{ readonly images: readonly ListedImage[]; readonly isWhole: boolean }> {
  const images: ListedImage[] = [];
  let isWhole = true;
  const noteGap: OnGap = (gap) => {
    isWhole = false;
    onGap(gap);
  };
  try {
    for await (const image of registry.images(repository, noteGap)) images.push(image);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const name = `${repository.host}/${repository.name}`;
    noteGap({ subject: 'repository', name, reason: error.code, detail: error.message });
  }
  return { images, isWhole };
}

/** The tags of a repository as they were seen last. */
export async function knownTags(
  state: StateStore,
  repository: RegistryRepository,
): Promise<ReadonlyMap<string, TagRecord>> {
  const known = new Map<string, TagRecord>();
  for await (const { sort, value } of allRecords(state, repositoryPartition(repository), TAG_PREFIX)) {
    const parsed = tagSchema.safeParse(value);
    if (parsed.success) known.set(sort.slice(TAG_PREFIX.length), parsed.data);
  }
  return known;
}

async function digestsToTryAgain(
  state: StateStore,
  repository: RegistryRepository,
): Promise<ReadonlySet<string>> {
  const digests = new Set<string>();
  for await (const { sort } of allRecords(state, repositoryPartition(repository), AGAIN_PREFIX)) {
    digests.add(sort.slice(AGAIN_PREFIX.length));
  }
  return digests;
}

type TagChange = { readonly tag: string; readonly digest: string };

/** Tags that are new, point elsewhere, or were last asked for with other catalogers. */
function changedTags(
  images: readonly ListedImage[],
  known: ReadonlyMap<string, TagRecord>,
  catalogers: string,
): readonly TagChange[] {
  return images.flatMap(({ digest, tags }) =>
    tags
      .filter((tag) => known.get(tag)?.digest !== digest || known.get(tag)?.requested !== catalogers)
      .map((tag) => ({ tag, digest })),
  );
}

async function noteTag(
  partition: string,
  { tag, digest }: TagChange,
  before: TagRecord | undefined,
  { state, catalogers, now }: ScanRequests,
): Promise<void> {
  const at = now().toISOString();
  const isMoved = before?.digest !== digest;
  if (isMoved) await state.put(partition, SORT.history(tag, at), { digest });
  const since = isMoved ? at : before.since;
  await state.put(partition, SORT.tag(tag), { digest, since, requested: catalogers });
}

async function forgetTags(
  partition: string,
  images: readonly ListedImage[],
  known: ReadonlyMap<string, TagRecord>,
  { state, now }: ScanRequests,
): Promise<void> {
  const listed = new Set(images.flatMap(({ tags }) => tags));
  for (const tag of known.keys()) {
    if (listed.has(tag)) continue;
    await state.put(partition, SORT.history(tag, now().toISOString()), { gone: true });
    await state.delete(partition, SORT.tag(tag));
  }
}
