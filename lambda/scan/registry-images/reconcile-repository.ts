import {
  type ListedImage,
  type OnGap,
  type Registry,
  RegistryError,
  type RegistryRepository,
} from '../../registry/index.ts';
import type { StateStore } from '../../store/index.ts';
import { inParallel } from '../parallel.ts';
import { forgetPlace } from './places.ts';
import {
  allRecords,
  OPEN_PREFIX,
  repositoryPartition,
  SORT,
  TAG_PREFIX,
  type TagRecord,
  tagSchema,
} from './records.ts';
import { CALLS_AT_ONCE, requestScans, type ScanRequests } from './request-scan.ts';

export type Reconciled = {
  readonly images: number;
  readonly requested: number;
  /** False when time was up: what was done stays done, the next look at the repository does the rest. */
  readonly isFinished: boolean;
};

export type ReconcileOptions = ScanRequests & { readonly onGap: OnGap; readonly isTimeUp: () => boolean };

/** Images asked for between two looks at the clock. */
const IMAGES_AT_ONCE = 250;

/**
 * Compares the tags a registry lists with those known, asks for scans of what is new or was left open, and notes what changed.
 * Costs one read of the repository's records, and more for changed tags and open digests alone. What cannot be listed is a gap;
 * known tags then stay.
 */
export async function reconcileRepository(
  registry: Registry,
  integration: string,
  repository: RegistryRepository,
  { onGap, isTimeUp, ...requests }: ReconcileOptions,
): Promise<Reconciled> {
  const { state } = requests;
  const partition = repositoryPartition(repository);
  // Read before it is listed: what a push notes meanwhile is not taken for gone.
  const known = await knownTags(state, repository);
  const open = await openDigests(state, repository);
  const listed = await listImages(registry, repository, onGap);
  const there = new Set(listed.images.map(({ digest }) => digest));
  if (listed.isWhole) {
    const gone = [...known.values()].map(({ digest }) => digest);
    await leave(
      { integration, repository },
      new Set([...gone, ...open].filter((digest) => !there.has(digest))),
      open,
      state,
    );
  }
  const changes = Map.groupBy(changedTags(listed.images, known, requests.catalogers), ({ digest }) => digest);
  const digests = [...there].filter((digest) => changes.has(digest) || open.has(digest));
  const isOpen = (digest: string): boolean => open.has(digest);
  let requested = 0;
  for (let at = 0; at < digests.length; at += IMAGES_AT_ONCE) {
    if (at > 0 && isTimeUp()) return { images: there.size, requested, isFinished: false };
    const slice = digests.slice(at, at + IMAGES_AT_ONCE);
    const places = slice.map((digest) => ({ integration, repository, digest }));
    requested += await requestScans(places, { ...requests, isOpen });
    // After that: a look that stops before asks again.
    const tags = slice.flatMap((digest) => changes.get(digest) ?? []);
    await inParallel(tags, CALLS_AT_ONCE, (change) =>
      noteTag(partition, change, known.get(change.tag), requests),
    );
  }
  if (listed.isWhole) await forgetTags(partition, tagsGone(known, listed.images), requests);
  return { images: listed.images.length, requested, isFinished: true };
}

/** Forgets a repository that is gone, with its tags. */
export async function forgetRepository(
  integration: string,
  repository: RegistryRepository,
  requests: Pick<ScanRequests, 'state' | 'now'>,
): Promise<void> {
  const { state } = requests;
  const known = await knownTags(state, repository);
  const open = await openDigests(state, repository);
  const digests = new Set([...[...known.values()].map(({ digest }) => digest), ...open]);
  await leave({ integration, repository }, digests, open, state);
  await forgetTags(repositoryPartition(repository), [...known.keys()], requests);
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

async function openDigests(state: StateStore, repository: RegistryRepository): Promise<ReadonlySet<string>> {
  const digests = new Set<string>();
  for await (const { sort } of allRecords(state, repositoryPartition(repository), OPEN_PREFIX)) {
    digests.add(sort.slice(OPEN_PREFIX.length));
  }
  return digests;
}

type Where = { readonly integration: string; readonly repository: RegistryRepository };

/** Notes of images that no tag of the repository points to them any more. */
async function leave(
  { integration, repository }: Where,
  digests: ReadonlySet<string>,
  open: ReadonlySet<string>,
  state: StateStore,
): Promise<void> {
  await inParallel([...digests], CALLS_AT_ONCE, async (digest) => {
    await forgetPlace(state, { integration, repository, digest });
    if (open.has(digest)) await state.delete(repositoryPartition(repository), SORT.open(digest));
  });
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
  const pushedAt = isMoved ? undefined : before.pushedAt;
  const record: TagRecord = {
    digest,
    since,
    requested: catalogers,
    ...(pushedAt === undefined ? {} : { pushedAt }),
  };
  await state.put(partition, SORT.tag(tag), record);
}

function tagsGone(known: ReadonlyMap<string, TagRecord>, images: readonly ListedImage[]): readonly string[] {
  const listed = new Set(images.flatMap(({ tags }) => tags));
  return [...known.keys()].filter((tag) => !listed.has(tag));
}

async function forgetTags(
  partition: string,
  tags: readonly string[],
  { state, now }: Pick<ScanRequests, 'state' | 'now'>,
): Promise<void> {
  await inParallel(tags, CALLS_AT_ONCE, async (tag) => {
    await state.put(partition, SORT.history(tag, now().toISOString()), { gone: true });
    await state.delete(partition, SORT.tag(tag));
  });
}
