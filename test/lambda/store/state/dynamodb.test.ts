import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTable, type StateStore } from '../../../../lambda/store/index.ts';
import { type DynamoDBDouble, startDynamoDB } from '../../../doubles/aws/dynamodb.ts';
import { keepsState, testClock } from '../state-contract.ts';

describe('store/state/dynamodb', () => {
  const clock = testClock();
  let double: DynamoDBDouble;
  let client: DynamoDBClient;
  let store: StateStore;
  beforeAll(async () => {
    double = await startDynamoDB('index', { pageItems: 3 });
    client = new DynamoDBClient({
      endpoint: double.origin,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      maxAttempts: 2,
    });
    store = openTable({ client: DynamoDBDocumentClient.from(client), table: 'index', clock });
  });
  afterAll(async () => {
    await store.close();
    client.destroy();
    await double.close();
  });

  keepsState({ store: () => store, clock });

  it('waits and asks again when it is throttled', async () => {
    double.fail({ kind: 'refuse', status: 400, code: 'ProvisionedThroughputExceededException' });

    expect(await store.put('throttled', 'sort', {})).toBe(1);
  });

  it('reports throttling that goes on as something to try again', async () => {
    double.fail({ kind: 'refuse', status: 400, code: 'ThrottlingException', times: 2 });

    await expect(store.get('throttled', 'sort')).rejects.toMatchObject({
      code: 'store-unavailable',
      retryable: true,
    });
  });

  it('reports a refusal as something to mend', async () => {
    double.fail({ kind: 'refuse', status: 400, code: 'AccessDeniedException', message: 'not authorized' });

    await expect(store.query('refused')).rejects.toMatchObject({
      code: 'store-unavailable',
      retryable: false,
      message: 'table index did not list refused (AccessDeniedException, status 400)',
    });
  });

  it('reports a conflict when the answer to its own write was lost', async () => {
    double.fail({ kind: 'lose-answer' });

    const write = store.put('lost', 'sort', { written: true }, { expected: 0 });

    await expect(write).rejects.toMatchObject({ code: 'state-conflict' });
    expect((await store.get('lost', 'sort'))?.value).toEqual({ written: true });
  });

  it('reports a value that is too large only as DynamoDB counts', async () => {
    // Two bytes each in JSON, three in DynamoDB.
    const list = Array.from({ length: 150_000 }, () => 1);

    await expect(store.put('large', 'sort', { list })).rejects.toMatchObject({ code: 'value-too-large' });
  });

  it('reports a table that is not there', async () => {
    const other = openTable({ client: DynamoDBDocumentClient.from(client), table: 'other', clock });

    await expect(other.delete('any', 'sort')).rejects.toMatchObject({ code: 'store-unavailable' });
  });

  it('reports that nobody answers as something to try again', async () => {
    const gone = await startDynamoDB('index', { pageItems: 3 });
    await gone.close();
    const lonely = new DynamoDBClient({
      endpoint: gone.origin,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      maxAttempts: 1,
    });
    const other = openTable({ client: DynamoDBDocumentClient.from(lonely), table: 'index', clock });

    await expect(other.get('any', 'sort')).rejects.toMatchObject({
      code: 'store-unavailable',
      retryable: true,
    });
  });
});
