import {
  type Discovery,
  type Integration,
  integrationPartition,
  keepDiscovery,
} from '../../integrations/index.ts';
import {
  type OnGap,
  type Registry,
  RegistryError,
  type RegistryErrorCode,
  type RegistryRepository,
} from '../../registry/index.ts';
import { MESSAGE_VERSION } from '../../shared/environment.ts';
import type { StateStore } from '../../store/index.ts';
import { inParallel } from '../parallel.ts';
import type { DiscoverMessage, Outbox } from './messages.ts';
import { forgetRepository, type Reconciled, reconcileRepository } from './reconcile-repository.ts';
import { allRecords, REPOSITORY_PREFIX, repositorySchema, SORT } from './records.ts';
import type { ScanRequests } from './request-scan.ts';

export type DiscoverOptions = ScanRequests & {
  readonly registryOf: (integration: Integration) => Registry;
  /** For what does not fit into this call. */
  readonly discoveries: Outbox<DiscoverMessage>;
  /** True when the rest is to be left to another call. */
  readonly isTimeUp: () => boolean;
};

type Rest = NonNullable<Extract<DiscoverMessage, { kind: 'integration' }>['rest']>;

/** Repositories looked at between two looks at the clock, and at the same time. */
const REPOSITORIES_AT_ONCE = 8;
/** Gaps kept with an integration; more are counted. A queue's message is at most 256 KiB. */
const MAX_GAPS = 100;
/** What AWS says of a refusal, and after it what to do. */
const MAX_DETAIL_CHARACTERS = 1000;

/** The role may not read a repository: a tag on it or an allow-list may keep it out, on purpose. */
const REFUSED = 'repository-forbidden' satisfies RegistryErrorCode;

/**
 * Looks through the repositories of an integration and asks for scans of images that are new. When time is up the rest is left to
 * another call. What cannot be listed is kept with the integration; an integration that cannot be listed at all is such a gap.
 */
export async function discoverIntegration(
  integration: Integration,
  rest: Rest | undefined,
  options: DiscoverOptions,
): Promise<Discovery> {
  const { state, now } = options;
  const run = new Run(rest?.discovery ?? startedAt(now()));
  const registry = options.registryOf(integration);
  const requests = { ...options, onGap: run.onGap, asked: new Set<string>() };
  const partition = integrationPartition(integration.id);
  try {
    const known = await knownRepositories(state, partition);
    const { repositories, isWhole } = await listRepositories(
      registry,
      rest === undefined ? run.onGap : ignored,
    );
    const open = repositories.filter(({ key }) => rest === undefined || key > rest.after);
    let after = rest?.after ?? '';
    for (let at = 0; at < open.length; at += REPOSITORIES_AT_ONCE) {
      const isStopped = at > 0 && options.isTimeUp();
      const batch = isStopped ? [] : open.slice(at, at + REPOSITORIES_AT_ONCE);
      const looked = new Map<string, Reconciled>();
      await inParallel(batch, REPOSITORIES_AT_ONCE, async ({ key, repository }) => {
        if (!known.has(key)) await state.put(partition, SORT.repository(repository), repository);
        looked.set(key, await reconcileRepository(registry, integration.id, repository, requests));
      });
      // Those behind one that was not finished are looked at again with it.
      const unfinished = batch.findIndex(({ key }) => looked.get(key)?.isFinished === false);
      const finished = unfinished === -1 ? batch : batch.slice(0, unfinished);
      for (const [key, found] of looked)
        run.add(
          found,
          finished.some((one) => one.key === key),
        );
      after = finished.at(-1)?.key ?? after;
      if (isStopped || unfinished !== -1) {
        return await leaveRest(integration.id, { after, discovery: run.result() }, options);
      }
    }
    if (isWhole) await forgetOthers(integration.id, known, repositories, options);
  } catch (error) {
    if (!(error instanceof RegistryError) || error.retryable) throw error;
    run.onGap({ subject: 'registry', name: integration.id, reason: error.code, detail: error.message });
  } finally {
    await registry.close();
  }
  const discovery = { ...run.result(), finishedAt: now().toISOString() };
  await keepDiscovery(state, integration.id, discovery);
  return discovery;
}

async function leaveRest(
  integration: string,
  rest: Rest,
  { state, discoveries }: DiscoverOptions,
): Promise<Discovery> {
  await discoveries.send([{ version: MESSAGE_VERSION, kind: 'integration', integration, rest }]);
  await keepDiscovery(state, integration, rest.discovery);
  return rest.discovery;
}

/** Those that earlier looks found, by key. */
async function knownRepositories(
  state: StateStore,
  partition: string,
): Promise<ReadonlyMap<string, RegistryRepository>> {
  const known = new Map<string, RegistryRepository>();
  for await (const { sort, value } of allRecords(state, partition, REPOSITORY_PREFIX)) {
    const parsed = repositorySchema.safeParse(value);
    if (parsed.success) known.set(sort.slice(REPOSITORY_PREFIX.length), parsed.data);
  }
  return known;
}

/** Forgets repositories that were deleted, or are filtered out now. */
async function forgetOthers(
  integration: string,
  known: ReadonlyMap<string, RegistryRepository>,
  listed: readonly Keyed[],
  options: DiscoverOptions,
): Promise<void> {
  const there = new Set(listed.map(({ key }) => key));
  for (const [key, repository] of known) {
    if (there.has(key)) continue;
    await forgetRepository(integration, repository, options);
    await options.state.delete(integrationPartition(integration), SORT.repository(repository));
  }
}

type Keyed = { readonly key: string; readonly repository: RegistryRepository };

/** In an order that does not change from one call to the next. */
async function listRepositories(
  registry: Registry,
  onGap: OnGap,
): Promise<{ readonly repositories: readonly Keyed[]; readonly isWhole: boolean }> {
  const found = new Map<string, RegistryRepository>();
  let isWhole = true;
  const noteGap: OnGap = (gap) => {
    isWhole = false;
    onGap(gap);
  };
  for await (const repository of registry.repositories(noteGap)) {
    found.set(`${repository.host}/${repository.name}`, repository);
  }
  const repositories = [...found]
    .map(([key, repository]) => ({ key, repository }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return { repositories, isWhole };
}

/** What cannot be listed was told by the first call. */
function ignored(): void {}

function startedAt(now: Date): Discovery {
  return {
    startedAt: now.toISOString(),
    repositories: 0,
    images: 0,
    requested: 0,
    gaps: [],
    moreGaps: 0,
    refused: 0,
  };
}

/** Adds up what is found. */
class Run {
  #sum: Discovery;

  constructor(before: Discovery) {
    this.#sum = before;
  }

  readonly onGap: OnGap = (gap) => {
    const { gaps, moreGaps, refused } = this.#sum;
    const kept = { ...gap, detail: gap.detail.slice(0, MAX_DETAIL_CHARACTERS) };
    const hasRoom = gaps.length < MAX_GAPS;
    this.#sum = {
      ...this.#sum,
      ...(hasRoom ? { gaps: [...gaps, kept] } : { moreGaps: moreGaps + 1 }),
      refused: refused + (gap.reason === REFUSED ? 1 : 0),
    };
  };

  /** A repository that is looked at again counts then. */
  add(found: Reconciled, isFinished: boolean): void {
    const { repositories, images, requested } = this.#sum;
    this.#sum = {
      ...this.#sum,
      repositories: repositories + (isFinished ? 1 : 0),
      images: images + (isFinished ? found.images : 0),
      requested: requested + found.requested,
    };
  }

  result(): Discovery {
    return this.#sum;
  }
}
