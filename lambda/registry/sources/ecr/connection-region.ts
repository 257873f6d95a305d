import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  type ECRClient,
  GetAuthorizationTokenCommand,
  GetDownloadUrlForLayerCommand,
  ListImagesCommand,
} from '@aws-sdk/client-ecr';
import { RegistryError } from '../../errors.ts';
import { namedRepositories, type RepositoryFilter } from '../../repository-filter.ts';
import { deniedRepository } from './failure.ts';
import type { EcrRegion } from './region.ts';
import { repositoriesIn } from './repositories.ts';
import { type EcrCheck, NOT_TRIED, passed, type Step, stopped } from './step.ts';

const READS = ['describe-images', 'list-images', 'read-manifests', 'read-layers'] as const;
type Read = (typeof READS)[number];

/** Repositories that are tried: the first ones may be kept from being read on purpose. */
const MAX_REPOSITORIES = 10;
/** No image and no layer has it: asking for it shows whether asking is allowed, and counts as no pull. */
const NOBODY = `sha256:${'0'.repeat(64)}`;

/**
 * Tries each permission in one region by a call that changes nothing and reads no image. What is said of nothing there is an
 * answer as well: AWS looks at permissions first.
 */
export async function testRegion(region: EcrRegion, filter: RepositoryFilter): Promise<readonly EcrCheck[]> {
  const on = region.region;
  const login: EcrCheck = { id: 'log-in', on, ...(await loginStep(region)) };
  const listing = await listingStep(region, filter);
  const checks: EcrCheck[] = [login, { id: 'list-repositories', on, ...listing.step }];
  const attempt = await readable(region, listing.names);
  for (const id of READS) {
    const step = listing.step.outcome === 'failed' ? NOT_TRIED : stepOf(id, attempt, listing.names.length);
    checks.push({ id, on, ...step });
  }
  return checks;
}

/** The same checks when the account is not open at all. */
export function skippedIn(region: string): readonly EcrCheck[] {
  return (['log-in', 'list-repositories', ...READS] as const).map((id) => ({ id, on: region, ...NOT_TRIED }));
}

async function loginStep(region: EcrRegion): Promise<Step> {
  const tried = {
    what: `log in to the registry of ${region.accountId} in ${region.region}`,
    denied: 'forbidden',
    remedy: 'grant ecr:GetAuthorizationToken on *',
  } as const;
  try {
    await region.call(tried, (client, options) => client.send(new GetAuthorizationTokenCommand({}), options));
    return passed('a login of the registry is given');
  } catch (error) {
    const isDenied = error instanceof RegistryError && error.code === 'forbidden';
    // Images are read by ECR's own calls: without the login only tools that speak the distribution protocol are kept out.
    return stopped(
      error,
      isDenied ? 'warning' : 'failed',
      isDenied ? tried.remedy : 'check that the region is enabled',
    );
  }
}

async function listingStep(
  region: EcrRegion,
  filter: RepositoryFilter,
): Promise<{ readonly step: Step; readonly names: readonly string[] }> {
  const names: string[] = [];
  const missing: string[] = [];
  try {
    for await (const name of repositoriesIn(region, filter, ({ detail }) => void missing.push(detail))) {
      names.push(name);
      if (names.length === MAX_REPOSITORIES) break;
    }
  } catch (error) {
    const remedy =
      'grant ecr:DescribeRepositories on the repositories of the account, or name the repositories';
    return { step: stopped(error, 'failed', remedy), names: [] };
  }
  const [detail] = missing;
  if (detail !== undefined) {
    const remedy = 'grant ecr:DescribeRepositories, or name every repository in full';
    return { step: { outcome: 'warning', detail, remedy }, names };
  }
  const many = names.length === MAX_REPOSITORIES ? `${names.length} or more` : names.length;
  const how = namedRepositories(filter).length === filter.include?.length ? 'named' : 'that are meant';
  return { step: passed(`repositories ${how} that are there: ${many}`), names };
}

type Send = (client: ECRClient, target: { registryId: string; repositoryName: string }) => Promise<unknown>;

const CALLS: Readonly<Record<Read, { readonly action: string; readonly send: Send }>> = {
  'describe-images': {
    action: 'ecr:DescribeImages',
    send: (client, target) => client.send(new DescribeImagesCommand({ ...target, maxResults: 1 })),
  },
  'list-images': {
    action: 'ecr:ListImages',
    send: (client, target) => client.send(new ListImagesCommand({ ...target, maxResults: 1 })),
  },
  'read-manifests': {
    action: 'ecr:BatchGetImage',
    send: (client, target) =>
      client.send(new BatchGetImageCommand({ ...target, imageIds: [{ imageDigest: NOBODY }] })),
  },
  'read-layers': {
    action: 'ecr:GetDownloadUrlForLayer',
    send: (client, target) =>
      client.send(new GetDownloadUrlForLayerCommand({ ...target, layerDigest: NOBODY })),
  },
};

/** How the calls went on one repository; an absent error is success. */
type Attempt = { readonly name: string; readonly errors: Readonly<Partial<Record<Read, unknown>>> };

/** The first repository on which something is allowed, else the last that was tried. */
async function readable(region: EcrRegion, names: readonly string[]): Promise<Attempt | undefined> {
  let last: Attempt | undefined;
  for (const name of names) {
    const errors: Partial<Record<Read, unknown>> = {};
    for (const id of READS) {
      try {
        await tryCall(region, name, id);
      } catch (error) {
        errors[id] = error;
      }
    }
    last = { name, errors };
    if (Object.keys(errors).length < READS.length) return last;
  }
  return last;
}

async function tryCall(region: EcrRegion, name: string, id: Read): Promise<void> {
  const { action, send } = CALLS[id];
  const tried = {
    ...deniedRepository(`call ${action} on`, name),
    remedy: `grant ${action} on the repositories to scan`,
  };
  try {
    await region.call(tried, (client) =>
      send(client, { registryId: region.accountId, repositoryName: name }),
    );
  } catch (error) {
    if (!(error instanceof RegistryError) || error.code !== 'blob-not-found') throw error;
  }
}

function stepOf(id: Read, attempt: Attempt | undefined, repositories: number): Step {
  if (attempt === undefined) {
    return {
      outcome: 'skipped',
      detail: `not tried: there is no repository to try it on (${repositories} are meant)`,
      remedy: 'push an image, or check which repositories and regions the integration includes',
    };
  }
  const { name, errors } = attempt;
  const { action } = CALLS[id];
  const error = errors[id];
  if (error === undefined) return passed(`${action} is allowed on ${name}`);
  const isDenied = error instanceof RegistryError && error.code === 'repository-forbidden';
  const other = id === 'describe-images' ? 'list-images' : 'describe-images';
  const isListing = id === 'describe-images' || id === 'list-images';
  // Either way of listing will do.
  const outcome = isDenied && isListing && errors[other] === undefined ? 'warning' : 'failed';
  return stopped(error, outcome, `grant ${action} on the repositories to scan`);
}
