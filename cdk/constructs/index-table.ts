import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { TABLE_ATTRIBUTES } from '../../lambda/shared/environment.ts';

export interface IndexTableProps {
  readonly key: IKey;
  /** Whether it outlives the stack. */
  readonly retain: boolean;
}

/** What is known of registries and images. Paid by request: nothing while registries do not change. */
export class IndexTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { key, retain }: IndexTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: TABLE_ATTRIBUTES.partition, type: AttributeType.STRING },
      sortKey: { name: TABLE_ATTRIBUTES.sort, type: AttributeType.STRING },
      timeToLiveAttribute: TABLE_ATTRIBUTES.expiresAt,
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: retain,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }
}
