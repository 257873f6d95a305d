import type { EcrContent, StoredRepository } from './content.ts';
import { batchGetImage, downloadUrl, type ImageFaults } from './ecr-images.ts';
import { describeImages, listImages, pageOf } from './ecr-lists.ts';
import { AwsFailure } from './failure.ts';
import type { Iam } from './iam.ts';
import type { LayerStorage } from './layer-storage.ts';
import type { Caller } from './sessions.ts';
import { denied } from './sts.ts';

/** What a call asks for, as far as the double looks at it. */
export type EcrInput = {
  readonly registryId?: string;
  readonly repositoryName?: string;
  readonly repositoryNames?: readonly string[];
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly filter?: { readonly tagStatus?: string; readonly imageStatus?: string };
  readonly imageIds?: readonly { readonly imageDigest?: string; readonly imageTag?: string }[];
  readonly acceptedMediaTypes?: readonly string[];
  readonly layerDigest?: string;
};

export type EcrOptions = {
  /** The account whose registry this is. */
  readonly accountId: string;
  readonly iam: Iam;
  readonly content: EcrContent;
  readonly storage: LayerStorage;
  readonly imageFaults: ImageFaults;
  readonly now: () => number;
};

const HALF_DAY_SECONDS = 43_200;

/** Answers a call of ECR's JSON protocol. Throws `AwsFailure`. */
export async function answerEcr(
  action: string,
  region: string,
  input: EcrInput,
  caller: Caller,
  options: EcrOptions,
): Promise<object> {
  if (action === 'GetAuthorizationToken') return authorizationToken(region, caller, options);
  if (input.registryId !== undefined && input.registryId !== options.accountId) {
    const resource = `arn:aws:ecr:${region}:${input.registryId}:repository/${input.repositoryName ?? '*'}`;
    throw denied(caller, `ecr:${action}`, resource);
  }
  if (action === 'DescribeRepositories') return describeRepositories(region, input, caller, options);
  const repository = await permitted(action, region, input, caller, options);
  if (action === 'BatchGetImage') return batchGetImage(repository, input, options);
  if (action === 'GetDownloadUrlForLayer') return downloadUrl(repository, input, options);
  if (action === 'ListImages') return listImages(repository, input, options);
  if (action === 'DescribeImages') return describeImages(repository, input, options);
  throw new AwsFailure('UnknownOperationException', `no such operation: ${action}`);
}

async function authorizationToken(
  region: string,
  caller: Caller,
  { accountId, iam, now }: EcrOptions,
): Promise<object> {
  const action = 'ecr:GetAuthorizationToken';
  const allowed = await iam.isAllowed({ principal: caller.principal, action, resource: '*', accountId });
  if (!allowed) throw denied(caller, action, '*');
  return {
    authorizationData: [
      {
        authorizationToken: Buffer.from('AWS:token').toString('base64'),
        expiresAt: Math.floor(now() / 1000) + HALF_DAY_SECONDS,
        proxyEndpoint: `https://${accountId}.dkr.ecr.${region}.amazonaws.com`,
      },
    ],
  };
}

async function describeRepositories(
  region: string,
  input: EcrInput,
  caller: Caller,
  { accountId, iam, content }: EcrOptions,
): Promise<object> {
  const arn = (name: string): string => `arn:aws:ecr:${region}:${accountId}:repository/${name}`;
  for (const name of input.repositoryNames ?? ['*']) {
    const question = { principal: caller.principal, action: 'ecr:DescribeRepositories', accountId };
    if (!(await iam.isAllowed({ ...question, resource: arn(name) })))
      throw denied(caller, question.action, arn(name));
  }
  const all = await content.repositories(region);
  const { items, nextToken } = pageOf(all, input);
  return {
    repositories: items.map(({ name }) => ({
      repositoryName: name,
      repositoryArn: arn(name),
      registryId: accountId,
    })),
    ...nextToken,
  };
}

/** The repository of a call, once the caller may do it there. Without the permission nobody learns whether it exists. */
async function permitted(
  action: string,
  region: string,
  { repositoryName = '' }: EcrInput,
  caller: Caller,
  { accountId, iam, content }: EcrOptions,
): Promise<StoredRepository> {
  const repository = (await content.repositories(region)).find(({ name }) => name === repositoryName);
  const resource = `arn:aws:ecr:${region}:${accountId}:repository/${repositoryName}`;
  const tags = Object.entries(repository?.tags ?? {}).flatMap(([key, value]) => [
    [`ecr:ResourceTag/${key}`, value],
    [`aws:ResourceTag/${key}`, value],
  ]);
  const context = Object.fromEntries(tags) as Record<string, string>;
  const question = { principal: caller.principal, action: `ecr:${action}`, resource, accountId, context };
  if (!(await iam.isAllowed(question))) throw denied(caller, question.action, resource);
  if (repository !== undefined) return repository;
  throw new AwsFailure(
    'RepositoryNotFoundException',
    `The repository with name '${repositoryName}' does not exist in the registry with id '${accountId}'`,
  );
}
