import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { TABLE_ATTRIBUTES } from '../../shared/environment.ts';
import { awsFacts, awsFailure } from '../aws-failure.ts';
import { StoreError } from '../errors.ts';
import type { PutOptions, StatePage, StateQuery, StateRecord, StateStore } from '../state.ts';
import { conflict, expirySeconds, jsonOf, nowSeconds, pageSize, requireKeys } from './record.ts';

/** Loaded when a table is first used: the command line, which needs none, starts faster without. */
const sdk = () => import('@aws-sdk/lib-dynamodb');

/** `value` and others are reserved words, so every attribute has a placeholder. */
const NAMES = {
  '#partition': TABLE_ATTRIBUTES.partition,
  '#sort': TABLE_ATTRIBUTES.sort,
  '#expiresAt': TABLE_ATTRIBUTES.expiresAt,
  '#version': 'version',
  '#value': 'value',
} as const;

/**
 * Records as items of a DynamoDB table, whose keys are `TABLE_ATTRIBUTES`; beside them the attributes `version` and
 * `value`, a map. Reads are consistent. Items that have expired are hidden until DynamoDB removes them, which may take
 * days. When the answer to a write is lost and the SDK asks again, `state-conflict` may mean our own write.
 */
export function openTable(options: {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly clock: () => Date;
}): StateStore {
  const { client, table, clock } = options;
  const keyOf = (partition: string, sort: string) => {
    requireKeys(partition, sort);
    return { [NAMES['#partition']]: partition, [NAMES['#sort']]: sort };
  };
  const failure = (act: string, error: unknown) => awsFailure(`table ${table}`, act, error);
  return {
    get: async (partition, sort) => {
      const input = { TableName: table, Key: keyOf(partition, sort), ConsistentRead: true };
      try {
        const { GetCommand } = await sdk();
        const { Item: item } = await client.send(new GetCommand(input));
        return item === undefined || isExpired(item, nowSeconds(clock)) ? undefined : recordOf(item);
      } catch (error) {
        throw failure(`give ${partition} ${sort}`, error);
      }
    },
    query: async (partition, query = {}) => {
      keyOf(partition, query.after ?? 'none');
      const bounds = boundsOf(partition, query);
      if (bounds === 'nothing') return { records: [] };
      try {
        const input = { TableName: table, ...bounds, Limit: pageSize(query), ConsistentRead: true };
        const { QueryCommand } = await sdk();
        return pageOf(await client.send(new QueryCommand(input)), nowSeconds(clock));
      } catch (error) {
        throw failure(`list ${partition}`, error);
      }
    },
    put: async (partition, sort, value, put = {}) => {
      const key = keyOf(partition, sort);
      const update = updateOf(JSON.parse(jsonOf(value)), put, nowSeconds(clock));
      try {
        const input = { TableName: table, Key: key, ...update, ReturnValues: 'UPDATED_NEW' as const };
        const { UpdateCommand } = await sdk();
        const { Attributes: written } = await client.send(new UpdateCommand(input));
        return Number(written?.[NAMES['#version']]);
      } catch (error) {
        if (awsFacts(error).name === 'ConditionalCheckFailedException')
          throw conflict(partition, sort, error);
        throw isTooLarge(error)
          ? tooLarge(partition, sort, error)
          : failure(`take ${partition} ${sort}`, error);
      }
    },
    delete: async (partition, sort) => {
      const key = keyOf(partition, sort);
      try {
        const { DeleteCommand } = await sdk();
        await client.send(new DeleteCommand({ TableName: table, Key: key }));
      } catch (error) {
        throw failure(`delete ${partition} ${sort}`, error);
      }
    },
    // The client is its owner's to close.
    close: async () => undefined,
  };
}

/** One expression for new and old records; versions go on counting over an expired record that is still there. */
function updateOf(value: unknown, put: PutOptions, now: number) {
  const { expected, expiresAt } = put;
  const condition = expected === undefined ? undefined : conditionOf(expected);
  return {
    UpdateExpression:
      'SET #value = :value, #version = if_not_exists(#version, :zero) + :one' +
      (expiresAt === undefined ? ' REMOVE #expiresAt' : ', #expiresAt = :expiresAt'),
    ...(condition === undefined ? {} : { ConditionExpression: condition }),
    ExpressionAttributeNames: pick(NAMES, ['#value', '#version', '#expiresAt']),
    ExpressionAttributeValues: {
      ':value': value,
      ':zero': 0,
      ':one': 1,
      ...(expiresAt === undefined ? {} : { ':expiresAt': expirySeconds(expiresAt) }),
      ...(expected === undefined ? {} : { ':now': now }),
      ...(expected === undefined || expected === 0 ? {} : { ':expected': expected }),
    },
  };
}

/** An expired record counts as none. */
function conditionOf(expected: number): string {
  return expected === 0
    ? 'attribute_not_exists(#version) OR #expiresAt <= :now'
    : '#version = :expected AND (attribute_not_exists(#expiresAt) OR #expiresAt > :now)';
}

/** DynamoDB refuses to start outside of what is asked for, so a start before the prefix is left out. */
function boundsOf(partition: string, { prefix = '', after = '' }: StateQuery) {
  const isInside = after !== '' && after.startsWith(prefix);
  if (!isInside && Buffer.compare(Buffer.from(after), Buffer.from(prefix)) > 0) return 'nothing';
  return {
    KeyConditionExpression:
      prefix === '' ? '#partition = :partition' : '#partition = :partition AND begins_with(#sort, :prefix)',
    ExpressionAttributeNames: pick(NAMES, prefix === '' ? ['#partition'] : ['#partition', '#sort']),
    ExpressionAttributeValues: { ':partition': partition, ...(prefix === '' ? {} : { ':prefix': prefix }) },
    ...(isInside ? { ExclusiveStartKey: { [NAMES['#partition']]: partition, [NAMES['#sort']]: after } } : {}),
  };
}

type Item = Readonly<Record<string, unknown>>;

function pageOf(
  answer: { readonly Items?: readonly Item[] | undefined; readonly LastEvaluatedKey?: Item | undefined },
  now: number,
): StatePage {
  const records = (answer.Items ?? []).filter((item) => !isExpired(item, now)).map(recordOf);
  const next = answer.LastEvaluatedKey?.[NAMES['#sort']];
  return typeof next === 'string' ? { records, next } : { records };
}

function isExpired(item: Item, now: number): boolean {
  const expiresAt = item[NAMES['#expiresAt']];
  return expiresAt !== undefined && Number(expiresAt) <= now;
}

function recordOf(item: Item): StateRecord {
  return {
    partition: String(item[NAMES['#partition']]),
    sort: String(item[NAMES['#sort']]),
    version: Number(item[NAMES['#version']]),
    value: item[NAMES['#value']] as StateRecord['value'],
  };
}

/** Its own code is that of every invalid request; the sentence is the only mark. */
function isTooLarge(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException' && /item size/i.test(error.message);
}

function tooLarge(partition: string, sort: string, cause: unknown): StoreError {
  return new StoreError(
    'value-too-large',
    `the record ${partition} ${sort} is over 400 KB as DynamoDB counts`,
    {
      cause,
    },
  );
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>;
}
