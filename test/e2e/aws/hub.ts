import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { SECOND_MS } from '../../../lambda/shared/units.ts';
import { openTable, type StateStore } from '../../../lambda/store/index.ts';
import { call } from '../../support/aws/call.ts';
import type { MiniStack } from '../../support/aws/mini-stack.ts';

/** A deployed hub, as its operator sees it. */
export interface Hub {
  /** Has the schedule whose name holds `name` fire once, now, and gives back once `hasFired` does. */
  readonly fire: (name: string, hasFired: () => Promise<boolean>) => Promise<void>;
  /** Waits until there is nothing to do in any queue. */
  readonly settle: () => Promise<void>;
  /** Messages that were given up, in all queues. */
  readonly deadLetters: () => Promise<number>;
  readonly keys: (prefix: string) => Promise<readonly string[]>;
  /** An object's JSON. */
  readonly json: (key: string) => Promise<unknown>;
  /** The index. */
  readonly state: StateStore;
}

/** `outputs`: those of the stack. */
export function deployedHub(
  stack: MiniStack,
  account: string,
  outputs: Readonly<Record<string, string>>,
): Hub {
  const Bucket = outputs['BucketName'];
  const s3 = new S3Client(stack.client(account));
  const sqs = new SQSClient(stack.client(account));
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(stack.client(account)));

  /** Work queues have dead letters, dead letters have not. */
  async function queues(): Promise<readonly { readonly isWork: boolean; readonly messages: number }[]> {
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    return Promise.all(
      QueueUrls.map(async (QueueUrl) => {
        const answer = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
        const { RedrivePolicy, ...rest } = answer.Attributes as Record<string, string>;
        const messages = ['', 'NotVisible', 'Delayed'].map((kind) =>
          Number(rest[`ApproximateNumberOfMessages${kind}`]),
        );
        return { isWork: RedrivePolicy !== undefined, messages: messages.reduce((sum, n) => sum + n, 0) };
      }),
    );
  }

  return {
    fire: async (name, hasFired) => {
      const schedule = await scheduleOf(stack, account, name);
      const update = (ScheduleExpression: string): Promise<unknown> =>
        call(stack, account, ['scheduler', 'update_schedule'], { ...schedule, ScheduleExpression });
      await update(`at(${new Date(Date.now() + SECOND_MS).toISOString().slice(0, 19)})`);
      try {
        await until(hasFired, `the schedule ${name} does not fire`);
      } finally {
        await update(schedule.ScheduleExpression);
      }
    },
    settle: async () => {
      let quiet = 0;
      await until(
        async () => {
          const isBusy = (await queues()).some(({ isWork, messages }) => isWork && messages > 0);
          quiet = isBusy ? 0 : quiet + 1;
          return quiet === 3;
        },
        () => `the queues do not empty; functions say:\n${complaints(stack.log())}`,
      );
    },
    deadLetters: async () =>
      (await queues()).filter(({ isWork }) => !isWork).reduce((sum, { messages }) => sum + messages, 0),
    keys: async (Prefix) => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
      return Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
    },
    json: async (Key) => {
      const answer = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const bytes = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
      const text = Key.endsWith('.gz') ? gunzipSync(bytes) : bytes;
      return JSON.parse(text.toString('utf8')) as unknown;
    },
    state: openTable({ client: table, table: outputs['TableName'] ?? '', clock: () => new Date() }),
  };
}

interface Schedule {
  readonly Name: string;
  readonly GroupName: string;
  readonly ScheduleExpression: string;
  readonly ScheduleExpressionTimezone: string;
  readonly FlexibleTimeWindow: object;
  readonly Target: object;
}

/** What an update must repeat. */
async function scheduleOf(stack: MiniStack, account: string, name: string): Promise<Schedule> {
  const { Schedules } = (await call(stack, account, ['scheduler', 'list_schedules'])) as {
    readonly Schedules: readonly Schedule[];
  };
  const found = Schedules.find(({ Name }) => Name.includes(name));
  if (found === undefined) throw new Error(`no schedule ${name}`);
  const { Name, GroupName } = found;
  const { ScheduleExpression, ScheduleExpressionTimezone, FlexibleTimeWindow, Target } = (await call(
    stack,
    account,
    ['scheduler', 'get_schedule'],
    { Name, GroupName },
  )) as Schedule;
  return { Name, GroupName, ScheduleExpression, ScheduleExpressionTimezone, FlexibleTimeWindow, Target };
}

/** What functions complain of in the emulator's log, newest last. */
export function complaints(log: string): string {
  return log
    .split('\n')
    .filter((line) => /"level":"(?:ERROR|WARN)"|Traceback|Task timed out/.test(line))
    .slice(-10)
    .join('\n');
}

/** Twice a second; fails after two minutes, saying `otherwise`. */
export async function until(
  holds: () => Promise<boolean>,
  otherwise: string | (() => string) = 'what is waited for does not come',
): Promise<void> {
  for (let attempt = 0; attempt < 240; attempt += 1) {
    if (await holds()) return;
    await wait(500);
  }
  throw new Error(typeof otherwise === 'string' ? otherwise : otherwise());
}
