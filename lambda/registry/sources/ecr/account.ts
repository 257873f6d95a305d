import { isDigest } from '../../../shared/digest.ts';
import { safeText } from '../../../shared/text.ts';
import type { AwsSessions } from '../../aws/sessions.ts';
import { RegistryError } from '../../errors.ts';
import { type HttpOptions, httpOf } from '../../oci/http.ts';
import type { OnGap, Registry, RegistryRepository } from '../../registry.ts';
import { namedRepositories, type RepositoryFilter } from '../../repository-filter.ts';
import { ecrImage } from './image.ts';
import { imagesIn } from './images.ts';
import type { EcrRepository } from './manifests.ts';
import { type EcrRegion, ecrRegion } from './region.ts';
import { repositoriesIn } from './repositories.ts';

/** An account whose images are read: what an integration holds of it. */
export type EcrAccount = RepositoryFilter & {
  readonly id: string;
  readonly accountId: string;
  /** Assumed to read; absent: the process's own credentials are those of the account. */
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
  readonly regions: readonly string[];
};

export type EcrOptions = {
  /** Of the process: sessions are opened once for an integration, not for each connection. */
  readonly sessions: AwsSessions;
  /** For the layers, which are not read by the SDK. */
  readonly http?: HttpOptions;
};

/** The private registries of an account in its regions. Opens no connection yet. */
export function accountRegistry(account: EcrAccount, { sessions, http: httpOptions }: EcrOptions): Registry {
  const { accountId, roleArn, externalId, id } = account;
  const http = httpOf(httpOptions);
  const session = roleArn === undefined ? undefined : sessions.of({ roleArn, externalId, id });
  const regions = account.regions.map((name) => ecrRegion(accountId, name, session, sessions.options));
  const repositoryOf = ({ host, name }: RegistryRepository): EcrRepository => {
    const region = regions.find((one) => one.host === host);
    if (region !== undefined) return { region, name };
    throw new RegistryError('forbidden', `${safeText(host)} is no registry of this integration`);
  };
  return {
    provider: 'ecr',
    async *repositories(onGap) {
      // Without it nothing can be had, in any region.
      await session?.credentials();
      yield* allRepositories(regions, account, onGap);
    },
    async *images(repository, onGap) {
      yield* imagesIn(repositoryOf(repository), onGap);
    },
    open: async (repository, digest) => {
      if (!isDigest(digest))
        throw new RegistryError('image-not-found', 'an image is asked for by an invalid digest');
      return ecrImage(repositoryOf(repository), digest, http);
    },
    close: async () => {
      for (const region of regions) region.close();
    },
  };
}

/** Those of each region. One that fails is a gap; when all of them do, the last failure is thrown. */
async function* allRepositories(
  regions: readonly EcrRegion[],
  filter: RepositoryFilter,
  onGap: OnGap,
): AsyncGenerator<RegistryRepository> {
  const found = new Set<string>();
  let failures = 0;
  for (const region of regions) {
    try {
      for await (const name of repositoriesIn(region, filter, onGap)) {
        found.add(name);
        yield { host: region.host, name, region: region.region };
      }
    } catch (error) {
      failures += 1;
      if (!(error instanceof RegistryError) || failures === regions.length) throw error;
      onGap({ subject: 'region', name: region.region, reason: error.code, detail: error.message });
    }
  }
  if (failures > 0) return;
  for (const name of namedRepositories(filter).filter((one) => !found.has(one))) {
    onGap({
      subject: 'repository',
      name,
      reason: 'image-not-found',
      detail: `no region of the integration has the repository ${name}: correct its name, or add its region`,
    });
  }
}
