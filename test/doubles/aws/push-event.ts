import { randomUUID } from 'node:crypto';
import type { StoredImage } from './content.ts';

/**
 * What EventBridge says of a push: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html. Events are best
 * effort there, too.
 */
export type PushEvent = {
  readonly source: 'aws.ecr';
  readonly 'detail-type': 'ECR Image Action';
  readonly account: string;
  readonly region: string;
  readonly time: string;
  readonly id: string;
  readonly version: '0';
  readonly resources: readonly [];
  readonly detail: Readonly<Record<string, string>>;
};

/** The event of a tag that was pushed. */
export function pushEvent(
  account: string,
  region: string,
  name: string,
  { digest, mediaType, pushedAt }: StoredImage,
  tag: string,
): PushEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'ECR Image Action',
    source: 'aws.ecr',
    account,
    time: pushedAt.toISOString(),
    region,
    resources: [],
    detail: {
      'action-type': 'PUSH',
      result: 'SUCCESS',
      'repository-name': name,
      'image-digest': digest,
      'image-tag': tag,
      'manifest-media-type': mediaType,
      'artifact-media-type': 'application/vnd.oci.image.config.v1+json',
    },
  };
}
