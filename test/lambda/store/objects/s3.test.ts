import { writeFile } from 'node:fs/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MiB } from '../../../../lambda/shared/units.ts';
import { type ObjectStore, openBucket, s3ClientOptions } from '../../../../lambda/store/index.ts';
import { type S3Double, startS3 } from '../../../doubles/aws/s3.ts';
import { readAll } from '../../../support/read-all.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';
import { keepsObjects } from '../objects-contract.ts';

describe('store/objects/s3', () => {
  const path = temporaryDirectory();
  let double: S3Double;
  let client: S3Client;
  let store: ObjectStore;
  beforeAll(async () => {
    double = await startS3('objects');
    client = new S3Client({
      endpoint: double.origin,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      maxAttempts: 2,
      // It warns on the console of each upload that fails.
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      ...s3ClientOptions({ AWS_ENDPOINT_URL: double.origin }),
    });
    store = openBucket({ client, bucket: 'objects' });
  });
  afterAll(async () => {
    client.destroy();
    await double.close();
  });

  keepsObjects({ store: () => store, path });

  it('asks by path where an endpoint is given, and otherwise as the SDK does', () => {
    expect(s3ClientOptions({})).toEqual({});
    expect(s3ClientOptions({ AWS_ENDPOINT_URL_S3: 'https://s3.test' })).toEqual({ forcePathStyle: true });
  });

  it('reports throttling that goes on as something to try again', async () => {
    double.fail({ kind: 'refuse', status: 503, code: 'SlowDown', times: 2 });

    await expect(store.get('throttled')).rejects.toMatchObject({
      code: 'store-unavailable',
      retryable: true,
    });
  });

  it('sends a file again when it is throttled', async () => {
    await writeFile(path('file'), Buffer.alloc(2 * MiB, 1));
    double.fail({ kind: 'refuse', status: 503, code: 'SlowDown', times: 2 });

    await store.put('file', { file: path('file') });

    expect(double.objects.get('file')?.length).toBe(2 * MiB);
    expect(double.requests.filter((request) => request === 'PUT file')).toHaveLength(3);
  });

  it('gives up a file after three attempts', async () => {
    await writeFile(path('file'), 'content');
    double.fail({ kind: 'refuse', status: 503, code: 'SlowDown', times: 3 });

    await expect(store.put('refused', { file: path('file') })).rejects.toMatchObject({ retryable: true });

    expect(await store.has('refused')).toBe(false);
  });

  it('reports a refusal as something to mend', async () => {
    double.fail({ kind: 'refuse', status: 403, code: 'AccessDenied' });

    await expect(store.put('refused', Buffer.from('x'))).rejects.toMatchObject({
      code: 'store-unavailable',
      retryable: false,
      message: 'bucket objects did not take refused (AccessDenied, status 403)',
    });
  });

  it('reports a bucket that is not there, not an object that is not', async () => {
    const other = openBucket({ client, bucket: 'other' });

    await expect(other.get('any')).rejects.toMatchObject({ code: 'store-unavailable', retryable: false });
  });

  it('takes a conflict with a write at the same time for a changed object', async () => {
    double.fail({ kind: 'refuse', status: 409, code: 'ConditionalRequestConflict' });

    const write = store.put('at-once', Buffer.from('x'), { absent: true });

    await expect(write).rejects.toMatchObject({ code: 'object-changed' });
  });

  it('reports a changed object when the answer to its own write was lost', async () => {
    double.fail({ kind: 'lose-answer' });

    const write = store.put('lost', Buffer.from('x'), { absent: true });

    await expect(write).rejects.toMatchObject({ code: 'object-changed' });
    expect(await store.has('lost')).toBe(true);
  });

  it.each(['cut', 'corrupt'] as const)('asks again for an object when its body is %s', async (kind) => {
    await store.put(kind, Buffer.alloc(MiB, 7));
    double.fail(kind === 'cut' ? { kind, after: 1000 } : { kind });

    expect((await store.get(kind))?.bytes.equals(Buffer.alloc(MiB, 7))).toBe(true);
  });

  it.each(['cut', 'corrupt'] as const)('fails while streaming an object whose body is %s', async (kind) => {
    await store.put(kind, Buffer.alloc(MiB, 7));
    double.fail(kind === 'cut' ? { kind, after: 1000 } : { kind });

    const stream = await store.stream(kind);

    await expect(stream && readAll(stream)).rejects.toMatchObject({
      code: 'store-unavailable',
      retryable: true,
    });
  });
});
