import type { IncomingMessage, ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { listen } from '../../../scripts/demo/registry.ts';
import { type Attribute, expression, type Item } from './dynamodb-expression.ts';
import { type AwsFault, AwsRefusal, awsFaults, breakOff, signedBody } from './store-faults.ts';

/**
 * One DynamoDB table with the keys `pk` and `sk` on 127.0.0.1, with the limits of DynamoDB. What it does not know, it
 * refuses, so that nothing passes by being ignored. Items that have expired stay, as DynamoDB keeps them for days.
 */
export type DynamoDBDouble = {
  readonly origin: string;
  /** Names of the operations asked for, in order. */
  readonly requests: readonly string[];
  fail(fault: AwsFault): void;
  close(): Promise<void>;
};

const attribute = z.record(z.string(), z.unknown());
const item = z.record(z.string(), attribute);
const key = z.strictObject({
  pk: z.strictObject({ S: z.string().min(1) }),
  sk: z.strictObject({ S: z.string().min(1) }),
});
const placeholders = {
  ExpressionAttributeNames: z.record(z.string(), z.string()).optional(),
  ExpressionAttributeValues: item.optional(),
};
const INPUTS = {
  GetItem: z.strictObject({ TableName: z.string(), Key: key, ConsistentRead: z.literal(true) }),
  DeleteItem: z.strictObject({ TableName: z.string(), Key: key }),
  UpdateItem: z.strictObject({
    TableName: z.string(),
    Key: key,
    UpdateExpression: z.string(),
    ConditionExpression: z.string().optional(),
    ReturnValues: z.literal('UPDATED_NEW'),
    ...placeholders,
  }),
  Query: z.strictObject({
    TableName: z.string(),
    KeyConditionExpression: z.string(),
    ExclusiveStartKey: key.optional(),
    Limit: z.number().int().min(1),
    ConsistentRead: z.literal(true),
    ...placeholders,
  }),
};
type Operation = keyof typeof INPUTS;
type Input<O extends Operation> = z.infer<(typeof INPUTS)[O]>;

/** `pageItems`: where a page ends whatever its limit, as pages of DynamoDB end after 1 MB. */
export async function startDynamoDB(
  table: string,
  options: { readonly pageItems: number },
): Promise<DynamoDBDouble> {
  const items = new Map<string, Item>();
  const requests: string[] = [];
  const faults = awsFaults();
  const server = await listen((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const { status, code, message } =
        error instanceof AwsRefusal ? error : new AwsRefusal(500, 'InternalServerError', String(error));
      reply(response, status, { __type: `com.amazonaws.dynamodb.v20120810#${code}`, message });
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body: unknown = JSON.parse((await signedBody(request)).toString());
    const operation = String(request.headers['x-amz-target']).replace('DynamoDB_20120810.', '');
    requests.push(operation);
    const refusal = faults.take('refuse');
    if (refusal !== undefined) throw new AwsRefusal(refusal.status, refusal.code, refusal.message);
    const result = act(operation, body);
    if (faults.take('lose-answer') !== undefined) return breakOff(response);
    reply(response, 200, result);
  }

  function act(operation: string, body: unknown): object {
    switch (operation) {
      case 'GetItem': {
        const found = items.get(placeOf(parse(operation, body, table).Key));
        return found === undefined ? {} : { Item: found };
      }
      case 'DeleteItem':
        items.delete(placeOf(parse(operation, body, table).Key));
        return {};
      case 'UpdateItem':
        return update(items, parse(operation, body, table));
      case 'Query':
        return query([...items.values()], parse(operation, body, table), options.pageItems);
      default:
        throw new AwsRefusal(400, 'UnknownOperationException', operation);
    }
  }
  return { origin: server.origin, requests, fail: (fault) => faults.add(fault), close: () => server.close() };
}

function parse<O extends Operation>(operation: O, body: unknown, table: string): Input<O> {
  const parsed = INPUTS[operation].safeParse(body);
  if (!parsed.success) throw new AwsRefusal(400, 'ValidationException', z.prettifyError(parsed.error));
  if (parsed.data.TableName !== table) throw new AwsRefusal(400, 'ResourceNotFoundException');
  return parsed.data as Input<O>;
}

function placeOf({ pk, sk }: Input<'GetItem'>['Key']): string {
  return JSON.stringify([pk.S, sk.S]);
}

function update(items: Map<string, Item>, input: Input<'UpdateItem'>): object {
  const expressions = expressionsOf(input);
  const before = items.get(placeOf(input.Key));
  const isMet =
    input.ConditionExpression === undefined || expressions.meets(input.ConditionExpression, before ?? {});
  const after = expressions.update(input.UpdateExpression, before ?? input.Key);
  expressions.finish();
  if (!isMet) throw new AwsRefusal(400, 'ConditionalCheckFailedException', 'The conditional request failed');
  if (sizeOf(after) > 409_600) {
    throw new AwsRefusal(
      400,
      'ValidationException',
      'Item size to update has exceeded the maximum allowed size',
    );
  }
  if (Object.values(after).some((value) => depthOf(value) > 32)) {
    throw new AwsRefusal(400, 'ValidationException', 'Nesting Levels have exceeded supported limits');
  }
  items.set(placeOf(input.Key), after);
  return {
    Attributes: Object.fromEntries(Object.entries(after).filter(([name]) => name !== 'pk' && name !== 'sk')),
  };
}

function query(items: readonly Item[], input: Input<'Query'>, pageItems: number): object {
  const expressions = expressionsOf(input);
  const start = input.ExclusiveStartKey;
  if (start !== undefined && !expressions.meets(input.KeyConditionExpression, start)) {
    throw new AwsRefusal(400, 'ValidationException', 'The provided starting key is outside query boundaries');
  }
  const matching = items
    .filter((one) => expressions.meets(input.KeyConditionExpression, one))
    .sort((a, b) => compareBytes(sortOf(a), sortOf(b)))
    .filter((one) => start === undefined || compareBytes(sortOf(one), start.sk.S) > 0);
  // Whether a placeholder was used shows only when something was compared.
  if (matching.length === 0) expressions.meets(input.KeyConditionExpression, {});
  expressions.finish();
  const page = matching.slice(0, Math.min(input.Limit, pageItems));
  const last = page.at(-1);
  const isOpen = page.length === input.Limit || page.length < matching.length;
  return {
    Items: page,
    Count: page.length,
    ScannedCount: page.length,
    ...(last !== undefined && isOpen ? { LastEvaluatedKey: { pk: last['pk'], sk: last['sk'] } } : {}),
  };
}

function expressionsOf(input: Input<'Query'> | Input<'UpdateItem'>): ReturnType<typeof expression> {
  return expression({
    names: input.ExpressionAttributeNames ?? {},
    values: input.ExpressionAttributeValues ?? {},
  });
}

function sortOf(one: Item): string {
  return String(one['sk']?.['S']);
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function sizeOf(value: Item | Attribute): number {
  return Object.entries(value).reduce(
    (sum, [name, one]) => sum + Buffer.byteLength(name) + valueSize(one as Attribute),
    0,
  );
}

function valueSize(value: Attribute): number {
  if ('S' in value) return Buffer.byteLength(String(value['S']));
  if ('N' in value) return Math.ceil(String(value['N']).replace(/[-.]/g, '').length / 2) + 1;
  if ('L' in value) return (value['L'] as Attribute[]).reduce((sum, one) => sum + 1 + valueSize(one), 3);
  if ('M' in value) return 3 + Object.keys(value['M'] as Item).length + sizeOf(value['M'] as Item);
  if ('BOOL' in value || 'NULL' in value) return 1;
  throw new AwsRefusal(400, 'ValidationException', `the double does not know ${Object.keys(value).join()}`);
}

function depthOf(value: Attribute): number {
  const parts = 'L' in value ? (value['L'] as Attribute[]) : Object.values((value['M'] ?? {}) as Item);
  return parts.length === 0 ? 1 : 1 + Math.max(...parts.map(depthOf));
}

function reply(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', 'x-amz-crc32': crc32(text) });
  response.end(text);
}
