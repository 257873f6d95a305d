import {
  type ListedImage,
  type OnGap,
  type Registry,
  RegistryError,
  type RegistryRepository,
} from '../../registry/index.ts';
import type { StateStore } from '../../store/index.ts';
import { inParallel } from '../parallel.ts';
import { forgetPlaces, isNoted } from './places.ts';
import { allRecords, OPEN_PREFIX, repositoryPartition, SORT, type TagRecord } from './records.ts';
import { CALLS_AT_ONCE, requestScans, type ScanRequests } from './request-scan.ts';
import { forgetTags, knownTags, noteTag } from './tags.ts';

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
  // Read before it is listed: what a push notes meanwhile is not taken for gone.
  const known = await knownTags(state, repository);
  const open = await openDigests(state, repository);
  const listed = await listImages(registry, repository, onGap);
  const there = new Set(listed.images.map(({ digest }) => digest));
  const before = new Set([...[...known.values()].map(({ digest }) => digest), ...open]);
  const gone = new Set([...before].filter((digest) => listed.isWhole && !there.has(digest)));
  await leave(repository, gone, open, state);
  const changes = Map.groupBy(changedTags(listed.images, known, requests.catalogers), ({ digest }) => digest);
  const digests = [...there].filter((digest) => changes.has(digest) || open.has(digest));
  const isOpen = (digest: string): boolean => open.has(digest);
  let requested = 0;
  let isFinished = true;
  for (let at = 0; at < digests.length; at += IMAGES_AT_ONCE) {
    if (at > 0 && isTimeUp()) {
      isFinished = false;
      break;
    }
    const slice = digests.slice(at, at + IMAGES_AT_ONCE);
    const places = slice.map((digest) => ({ integration, repository, digest }));
    requested += await requestScans(places, { ...requests, isOpen });
    // After that: a look that stops before asks again.
    const tags = slice.flatMap((digest) => changes.get(digest) ?? []);
    await inParallel(tags, CALLS_AT_ONCE, ({ tag, digest }) =>
      noteTag({ tag, places: [{ integration, repository, digest }], before: known.get(tag) }, requests),
    );
  }
  if (isFinished && listed.isWhole) {
    await forgetTags(repository, tagsGone(known, listed.images), requests);
    await close(integration, repository, gone, state);
  }
  if (open.size > 0 || gone.size > 0) await reopenMoved(repository, tagsSeen(known, listed.images), state);
  return { images: listed.images.length, requested, isFinished };
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
  await leave(repository, digests, open, state, integration);
  await forgetTags(repository, [...known.keys()], requests);
  await close(integration, repository, digests, state);
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

async function openDigests(state: StateStore, repository: RegistryRepository): Promise<ReadonlySet<string>> {
  const digests = new Set<string>();
  for await (const { sort } of allRecords(state, repositoryPartition(repository), OPEN_PREFIX)) {
    digests.add(sort.slice(OPEN_PREFIX.length));
  }
  return digests;
}

/** Notes of images that no tag of the repository points to them any more. Until `close` the next look comes back to them. */
async function leave(
  repository: RegistryRepository,
  digests: ReadonlySet<string>,
  open: ReadonlySet<string>,
  state: StateStore,
  integration?: string,
): Promise<void> {
  if (digests.size === 0) return;
  const partition = repositoryPartition(repository);
  await inParallel([...digests], CALLS_AT_ONCE, async (digest) => {
    if (!open.has(digest)) await state.put(partition, SORT.open(digest), {});
    await forgetPlaces(state, { repository, digest }, integration);
  });
}

/** The end of what `leave` began: the next look need not come back to these images, but for those that came back themselves. */
async function close(
  integration: string,
  repository: RegistryRepository,
  digests: ReadonlySet<string>,
  state: StateStore,
): Promise<void> {
  const partition = repositoryPartition(repository);
  await inParallel([...digests], CALLS_AT_ONCE, async (digest) => {
    await state.delete(partition, SORT.open(digest));
    if (await isNoted(state, { integration, repository, digest }))
      await state.put(partition, SORT.open(digest), {});
  });
}

/** Lets the next look come back to images whose tags a push moved while this one read, closed and left others. */
async function reopenMoved(
  repository: RegistryRepository,
  seen: ReadonlyMap<string, string>,
  state: StateStore,
): Promise<void> {
  const partition = repositoryPartition(repository);
  for (const [tag, { digest }] of await knownTags(state, repository)) {
    const before = seen.get(tag);
    if (before === digest) continue;
    await state.put(partition, SORT.open(digest), {});
    if (before !== undefined) await state.put(partition, SORT.open(before), {});
  }
}

/** What a look goes by: what it listed, and where that is not whole, what was known. */
function tagsSeen(
  known: ReadonlyMap<string, TagRecord>,
  images: readonly ListedImage[],
): ReadonlyMap<string, string> {
  return new Map([
    ...[...known].map(([tag, { digest }]) => [tag, digest] as const),
    ...images.flatMap(({ digest, tags }) => tags.map((tag) => [tag, digest] as const)),
  ]);
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

function tagsGone(known: ReadonlyMap<string, TagRecord>, images: readonly ListedImage[]): readonly string[] {
  const listed = new Set(images.flatMap(({ tags }) => tags));
  return [...known.keys()].filter((tag) => !listed.has(tag));
}
