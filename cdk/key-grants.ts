/** What is encrypted with the key of the hub. */
export type KeyService = 'dynamodb' | 's3' | 'sqs';

export type KeyGrant = {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly on: readonly ['key'];
  readonly via: KeyService;
  readonly why: string;
};

type KeyUse = { readonly via: KeyService; readonly actions: readonly string[] };

const READ = 'kms:Decrypt';
const WRITE = 'kms:GenerateDataKey';

/** What the services ask of the key in the name of who calls them, by what they are called for. */
const KEY_USES: Readonly<Record<string, KeyUse>> = {
  // The key of the table is decrypted for reading and writing alike; it was made, and is kept up, with grants of DynamoDB's own.
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html#dynamodb-cmk-trail
  'dynamodb:GetItem': { via: 'dynamodb', actions: [READ] },
  'dynamodb:Query': { via: 'dynamodb', actions: [READ] },
  'dynamodb:UpdateItem': { via: 'dynamodb', actions: [READ] },
  'dynamodb:DeleteItem': { via: 'dynamodb', actions: [READ] },
  // Objects are put in one request: in several it would have to be decrypted as well.
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms
  's3:GetObject': { via: 's3', actions: [READ] },
  's3:PutObject': { via: 's3', actions: [WRITE] },
  // A sender's data key is checked by decrypting it.
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
  'sqs:ReceiveMessage': { via: 'sqs', actions: [READ] },
  'sqs:SendMessage': { via: 'sqs', actions: [READ, WRITE] },
};

const WHY: Readonly<Record<KeyService, readonly [sid: string, why: string]>> = {
  dynamodb: [
    'UseKeyOfTable',
    'the key of the hub encrypts the key of the table, which DynamoDB decrypts for each caller',
  ],
  s3: [
    'UseKeyOfBucket',
    'the bucket is encrypted with the key of the hub: decrypts what is read, makes keys for what is written',
  ],
  sqs: [
    'UseKeyOfQueues',
    'the queues are encrypted with the key of the hub: decrypts what is taken, makes keys for what is sent',
  ],
};

/** The grants on the key that go with these grants, each through the service it is for. */
export function keyGrants(grants: readonly { readonly actions: readonly string[] }[]): readonly KeyGrant[] {
  const used = new Map<KeyService, Set<string>>();
  for (const action of grants.flatMap(({ actions }) => actions)) {
    const use = KEY_USES[action];
    if (use === undefined) continue;
    used.set(use.via, new Set([...(used.get(use.via) ?? []), ...use.actions]));
  }
  return [...used].map(([via, actions]) => {
    const [sid, why] = WHY[via];
    return { sid, actions: [...actions].sort(), on: ['key'], via, why };
  });
}
