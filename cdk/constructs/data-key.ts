import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

export interface DataKeyProps {
  /** Whether it outlives the stack, as what it encrypts does. */
  readonly retain: boolean;
}

/** The key that bucket, table, queues and topic are encrypted with. Roles of the account use it as their own policies allow. */
export class DataKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, { retain }: DataKeyProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: 'Backline: images known, findings, advisories, work in the queues',
      enableKeyRotation: true,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      // Only when destroyed with the stack. The shortest there is: what it encrypted is gone by then.
      ...(retain ? {} : { pendingWindow: Duration.days(7) }),
    });
    this.allow('EventBridgeToQueue', 'events.amazonaws.com');
  }

  /** Lets a service of AWS send encrypted messages on behalf of this account, and no other. */
  allow(sid: string, service: string): void {
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid,
        principals: [new ServicePrincipal(service)],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
  }
}
