import { z } from 'zod';
import type { Integration } from '../../integrations/index.ts';
import type { RegistryRepository } from '../../registry/index.ts';
import { isDigest } from '../../shared/digest.ts';
import { repositoryPartition, SORT, type TagRecord } from './records.ts';
import { requestScans, type ScanRequests } from './request-scan.ts';

/**
 * A push as ECR announces it to EventBridge; only the fields that are used.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
 */
export const ecrPushSchema = z.object({
  source: z.literal('aws.ecr'),
  'detail-type': z.literal('ECR Image Action'),
  account: z.string().regex(/^\d{12}$/),
  region: z.string(),
  detail: z.object({
    'action-type': z.literal('PUSH'),
    result: z.literal('SUCCESS'),
    'repository-name': z.string(),
    'image-digest': z.string().refine(isDigest),
    'image-tag': z.string().optional(),
  }),
});
export type EcrPush = z.infer<typeof ecrPushSchema>;

export type PushedOptions = ScanRequests & {
  readonly integrations: readonly Integration[];
  /** Whether an integration's filters let a repository through. */
  readonly isWanted: (integration: Integration, repository: string) => boolean;
  /** The host of a registry: `111122223333.dkr.ecr.eu-west-1.amazonaws.com`. */
  readonly hostOf: (account: string, region: string) => Promise<string>;
};

/**
 * Asks for a scan of an image that was pushed, for each connected integration that reads its registry. Gives how many were asked
 * for: none for untagged images, accounts nobody connected, repositories that are filtered out, and images known already.
 */
export async function requestPushed(push: EcrPush, options: PushedOptions): Promise<number> {
  const { account, region, detail } = push;
  const [name, digest, tag] = [detail['repository-name'], detail['image-digest'], detail['image-tag']];
  if (tag === undefined) return 0;
  const repository: RegistryRepository = { host: await options.hostOf(account, region), name, region };
  let requested = 0;
  for (const integration of options.integrations) {
    if (!reads(integration, account, region) || !options.isWanted(integration, name)) continue;
    requested += await requestScans([{ integration: integration.id, repository, digest }], options);
    const since = options.now().toISOString();
    const partition = repositoryPartition(repository);
    const record: TagRecord = { digest, since, requested: options.catalogers };
    await options.state.put(partition, SORT.history(tag, since), { digest });
    await options.state.put(partition, SORT.tag(tag), record);
  }
  return requested;
}

function reads(integration: Integration, account: string, region: string): boolean {
  return (
    integration.connected &&
    integration.provider === 'ecr' &&
    integration.accountId === account &&
    integration.regions.includes(region)
  );
}
