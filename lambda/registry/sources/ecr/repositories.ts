import { DescribeRepositoriesCommand, ListImagesCommand } from '@aws-sdk/client-ecr';
import { RegistryError } from '../../errors.ts';
import type { OnGap } from '../../registry.ts';
import { isIncluded, namedRepositories, type RepositoryFilter } from '../../repository-filter.ts';
import { deniedRepository } from './failure.ts';
import { PAGE_ENTRIES, pagesOf } from './pages.ts';
import type { EcrRegion } from './region.ts';

/**
 * The names of a region's repositories that are meant. When none but named ones are, or the others may not be listed, the named
 * ones that are there are given: what is not listed is told to `onGap`. Throws `catalog-forbidden` when that leaves none to try.
 */
export async function* repositoriesIn(
  region: EcrRegion,
  filter: RepositoryFilter,
  onGap: OnGap,
): AsyncGenerator<string> {
  const named = namedRepositories(filter);
  if (filter.include?.every((pattern) => !pattern.includes('*')) !== true) {
    try {
      yield* discovered(region, filter);
      return;
    } catch (error) {
      if (!(error instanceof RegistryError) || error.code !== 'catalog-forbidden' || named.length === 0)
        throw error;
      onGap({ subject: 'region', name: region.region, reason: error.code, detail: error.message });
    }
  }
  for (const name of named) if (await isThere(region, name)) yield name;
}

async function* discovered(region: EcrRegion, filter: RepositoryFilter): AsyncGenerator<string> {
  const tried = {
    what: `list the repositories of ${region.accountId} in ${region.region}`,
    denied: 'catalog-forbidden',
    remedy:
      'grant ecr:DescribeRepositories to the role (deploy the integration with discovery), or name the repositories to scan ' +
      'in the integration; those that are named are read meanwhile',
  } as const;
  const pages = pagesOf((nextToken) =>
    region.call(tried, (client, options) =>
      client.send(
        new DescribeRepositoriesCommand({
          registryId: region.accountId,
          maxResults: PAGE_ENTRIES,
          nextToken,
        }),
        options,
      ),
    ),
  );
  for await (const { repositories = [] } of pages) {
    for (const { repositoryName: name } of repositories) {
      if (name !== undefined && isIncluded(name, filter)) yield name;
    }
  }
}

/** One that may not be listed either is there as far as is known: reading it will say what is wrong. */
async function isThere(region: EcrRegion, name: string): Promise<boolean> {
  try {
    await region.call(deniedRepository('list the images of', name), (client, options) =>
      client.send(
        new ListImagesCommand({ registryId: region.accountId, repositoryName: name, maxResults: 1 }),
        options,
      ),
    );
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    if (error.code === 'image-not-found') return false;
    if (error.code !== 'repository-forbidden') throw error;
  }
  return true;
}
