import { type Discovery, type Integration, keepDiscovery } from '../../integrations/index.ts';
import { type OnGap, type Registry, RegistryError, type RegistryRepository } from '../../registry/index.ts';
import { MESSAGE_VERSION } from '../../shared/environment.ts';
import { inParallel } from '../parallel.ts';
import type { DiscoverMessage, Outbox } from './messages.ts';
import { reconcileRepository } from './reconcile-repository.ts';
import type { ScanRequests } from './request-scan.ts';

export type DiscoverOptions = ScanRequests & {
  readonly registryOf: (integration: Integration) => Registry;
  /** For what does not fit into this call. */
  readonly discoveries: Outbox<DiscoverMessage>;
  /** True when the rest is to be left to another call. */
  readonly isTimeUp: () => boolean;
};

/** Repositories looked at between two looks at the clock, and at the same time. */
const REPOSITORIES_AT_ONCE = 8;
/** Gaps kept with an integration; more are counted. A queue's message is at most 256 KiB. */
const MAX_GAPS = 100;
/** What AWS says of a refusal, and after it what to do. */
const MAX_DETAIL_CHARACTERS = 1000;

/**
 * Looks through the repositories of an integration and asks for scans of images that are new. When time is up the rest is left to
 * another call. What cannot be listed is kept with the integration; an integration that cannot be listed at all is such a gap.
 */
export async function discoverIntegration(
  integration: Integration,
  rest: Extract<DiscoverMessage, { kind: 'integration' }>['rest'],
  options: DiscoverOptions,
): Promise<Discovery> {
  const { state, now } = options;
  const run = new Run(rest?.discovery ?? startedAt(now()));
  const registry = options.registryOf(integration);
  const requests = { ...options, onGap: run.onGap, asked: new Set<string>() };
  try {
    const repositories = await listRepositories(registry, rest === undefined ? run.onGap : ignored);
    const open = repositories.filter(({ key }) => rest === undefined || key > rest.after);
    for (let at = 0; at < open.length; at += REPOSITORIES_AT_ONCE) {
      if (at > 0 && options.isTimeUp()) {
        const after = open[at - 1]?.key as string;
        const discovery = run.result();
        await options.discoveries.send([
          {
            version: MESSAGE_VERSION,
            kind: 'integration',
            integration: integration.id,
            rest: { after, discovery },
          },
        ]);
        await keepDiscovery(state, integration.id, discovery);
        return discovery;
      }
      const batch = open.slice(at, at + REPOSITORIES_AT_ONCE);
      await inParallel(batch, REPOSITORIES_AT_ONCE, async ({ repository }) => {
        run.add(await reconcileRepository(registry, integration.id, repository, requests));
      });
    }
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

type Keyed = { readonly key: string; readonly repository: RegistryRepository };

/** In an order that does not change from one call to the next. */
async function listRepositories(registry: Registry, onGap: OnGap): Promise<readonly Keyed[]> {
  const found = new Map<string, RegistryRepository>();
  for await (const repository of registry.repositories(onGap)) {
    found.set(`${repository.host}/${repository.name}`, repository);
  }
  return [...found]
    .map(([key, repository]) => ({ key, repository }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** What cannot be listed was told by the first call. */
function ignored(): void {}

function startedAt(now: Date): Discovery {
  return { startedAt: now.toISOString(), repositories: 0, images: 0, requested: 0, gaps: [], moreGaps: 0 };
}

/** Adds up what is found. */
class Run {
  #sum: Discovery;

  constructor(before: Discovery) {
    this.#sum = before;
  }

  readonly onGap: OnGap = (gap) => {
    const { gaps, moreGaps } = this.#sum;
    const kept = { ...gap, detail: gap.detail.slice(0, MAX_DETAIL_CHARACTERS) };
    this.#sum =
      gaps.length < MAX_GAPS
        ? { ...this.#sum, gaps: [...gaps, kept] }
        : { ...this.#sum, moreGaps: moreGaps + 1 };
  };

  add(found: { readonly images: number; readonly requested: number }): void {
    const { repositories, images, requested } = this.#sum;
    this.#sum = {
      ...this.#sum,
      repositories: repositories + 1,
      images: images + found.images,
      requested: requested + found.requested,
    };
  }

  result(): Discovery {
    return this.#sum;
  }
}
