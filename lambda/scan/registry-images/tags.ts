import type { RegistryRepository } from '../../registry/index.ts';
import type { StateStore } from '../../store/index.ts';
import { inParallel } from '../parallel.ts';
import { type ImagePlace, notePlace } from './places.ts';
import { allRecords, repositoryPartition, SORT, TAG_PREFIX, type TagRecord, tagSchema } from './records.ts';
import { CALLS_AT_ONCE, type ScanRequests } from './request-scan.ts';

/** A tag, and the image it points to now, where each integration that reads the repository has it. */
export type SeenTag = {
  readonly tag: string;
  readonly places: readonly ImagePlace[];
  /** What was known of it. */
  readonly before: TagRecord | undefined;
  /** By the registry's clock, when a push told of it. ISO 8601. */
  readonly pushedAt?: string | undefined;
};

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

/** Notes what a tag points to, after a scan of it was asked for, and in its history when that is news. */
export async function noteTag(
  { tag, places, before, pushedAt }: SeenTag,
  { state, catalogers, now }: Pick<ScanRequests, 'state' | 'catalogers' | 'now'>,
): Promise<void> {
  const [place] = places;
  if (place === undefined) return;
  const { digest } = place;
  const partition = repositoryPartition(place.repository);
  const isMoved = before?.digest !== digest;
  const since = isMoved ? now().toISOString() : before.since;
  if (isMoved) {
    await state.put(partition, SORT.history(tag, since), { digest });
    // Another tag may point to it or not: the next look knows.
    if (before !== undefined) await state.put(partition, SORT.open(before.digest), {});
  }
  const pushed = pushedAt ?? (isMoved ? undefined : before.pushedAt);
  const record: TagRecord = {
    digest,
    since,
    requested: catalogers,
    ...(pushed === undefined ? {} : { pushedAt: pushed }),
  };
  await state.put(partition, SORT.tag(tag), record);
  // A look that saw no tag point to it, before, may have taken its place away meanwhile.
  for (const one of places) {
    if (await notePlace(state, one, now())) await state.put(partition, SORT.open(digest), {});
  }
}

/** Notes that tags are gone. */
export async function forgetTags(
  repository: RegistryRepository,
  tags: readonly string[],
  { state, now }: Pick<ScanRequests, 'state' | 'now'>,
): Promise<void> {
  const partition = repositoryPartition(repository);
  await inParallel(tags, CALLS_AT_ONCE, async (tag) => {
    await state.put(partition, SORT.history(tag, now().toISOString()), { gone: true });
    await state.delete(partition, SORT.tag(tag));
  });
}
