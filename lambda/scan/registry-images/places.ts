import type { RegistryRepository } from '../../registry/index.ts';
import type { StateStore } from '../../store/index.ts';
import {
  allRecords,
  imagePartition,
  listPartition,
  PLACE_PREFIX,
  putIfSame,
  repositoryPartition,
  repositorySchema,
  SORT,
} from './records.ts';

/** An image somewhere: the same digest in two repositories is one image in two places. */
export type ImagePlace = {
  readonly integration: string;
  readonly repository: RegistryRepository;
  readonly digest: string;
};

/** Notes where an image is. True when that is news. */
export async function notePlace(
  state: StateStore,
  { integration, repository, digest }: ImagePlace,
  now: Date,
): Promise<boolean> {
  const value = { integration, repository, since: now.toISOString() };
  return putIfSame(state, imagePartition(digest), SORT.place(integration, repository), value, 0);
}

/**
 * Notes that no tag of a repository points to an image any more. One that is nowhere else is not matched again; its report and
 * record stay, and it is scanned again when it comes back.
 */
export async function forgetPlace(
  state: StateStore,
  { integration, repository, digest }: ImagePlace,
): Promise<void> {
  await state.delete(imagePartition(digest), SORT.place(integration, repository));
  if (await isSomewhere(state, digest)) return;
  await state.delete(listPartition(digest), digest);
  // It came back meanwhile, and whoever noted that saw it listed.
  if (await isSomewhere(state, digest)) await reopen(state, digest);
}

/** Lets the next look at each repository that has the image come back to it. */
export async function reopen(state: StateStore, digest: string): Promise<void> {
  for await (const { value } of allRecords(state, imagePartition(digest), PLACE_PREFIX)) {
    const repository = repositorySchema.safeParse(value['repository']);
    if (repository.success) await state.put(repositoryPartition(repository.data), SORT.open(digest), {});
  }
}

async function isSomewhere(state: StateStore, digest: string): Promise<boolean> {
  const { records } = await state.query(imagePartition(digest), { prefix: PLACE_PREFIX, limit: 1 });
  return records.length > 0;
}
