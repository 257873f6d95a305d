import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type LifecycleRule } from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { OBJECT_PREFIXES } from '../../lambda/shared/environment.ts';

export interface ObjectBucketProps {
  readonly key: IKey;
  /** Whether it outlives the stack; otherwise it is emptied and deleted with it. */
  readonly retain: boolean;
}

/**
 * Layer results expire by age, for S3 does not know when an object was last used. A layer in use is then pulled and read once
 * more every half-year; one that nothing uses any longer costs storage for as long.
 */
const LAYER_RESULTS_KEPT = Duration.days(180);
/** Time to undo a mistake, after which what was overwritten or deleted costs nothing more. */
const OLD_VERSIONS_KEPT = Duration.days(7);

/** Results of layers, inventories, reports and advisory shards. */
export class ObjectBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { key, retain }: ObjectBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      // One data key for many objects: a call to KMS for each would cost more than the objects.
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: LIFECYCLE,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      autoDeleteObjects: !retain,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'only the functions read and write it, each with grants of its own; data events of CloudTrail record the same and can be switched on',
    });
  }
}

const LIFECYCLE: LifecycleRule[] = [
  { id: 'layer-results', prefix: OBJECT_PREFIXES.layers, expiration: LAYER_RESULTS_KEPT },
  {
    id: 'leftovers',
    abortIncompleteMultipartUploadAfter: Duration.days(1),
    noncurrentVersionExpiration: OLD_VERSIONS_KEPT,
    expiredObjectDeleteMarker: true,
  },
];
