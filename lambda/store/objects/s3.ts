import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { PutObjectCommandInput, S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { awsFacts, awsFailure } from '../aws-failure.ts';
import { StoreError } from '../errors.ts';
import { segmentsOf } from '../key.ts';
import type { ObjectStore, WriteCondition } from '../objects.ts';
import { withFailure } from './with-failure.ts';

/** The SDK retries answers, but not what streams: bodies that break off, and files on their way up. */
const STREAM_ATTEMPTS = 3;
const FIRST_WAIT_MS = 200;

/** Loaded when a bucket is first used: the command line, which needs none, starts faster without. */
const sdk = () => import('@aws-sdk/client-s3');

/** For buckets at an endpoint of the user's own, whose certificate and name have no room for the bucket in front. */
export function s3ClientOptions(
  environment: Readonly<Record<string, string | undefined>>,
): Pick<S3ClientConfig, 'forcePathStyle'> {
  const endpoint = environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL'];
  return endpoint === undefined ? {} : { forcePathStyle: true };
}

/**
 * Objects of an S3 bucket. Conditions are S3's own (`If-None-Match`, `If-Match`) and hold between everybody; when the
 * answer to a write is lost and it is asked again, `object-changed` may mean our own write. A file goes up in one
 * request, of at most 5 GiB (https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html).
 */
export function openBucket(options: { readonly client: S3Client; readonly bucket: string }): ObjectStore {
  const { client, bucket } = options;
  const at = (key: string) => ({ Bucket: bucket, Key: segmentsOf(key).join('/') });
  const failure = (act: string, error: unknown) => awsFailure(`bucket ${bucket}`, act, error);
  const brokenOff = (key: string, error: unknown) =>
    new StoreError('store-unavailable', `bucket ${bucket} did not give all of ${key}`, {
      cause: error,
      retryable: true,
    });

  const open = async (key: string): Promise<OpenObject | undefined> => {
    try {
      const { GetObjectCommand } = await sdk();
      const answer = await client.send(new GetObjectCommand(at(key)));
      if (!(answer.Body instanceof Readable)) throw new TypeError('the answer has no body');
      return { body: answer.Body, revision: revisionOf(answer) };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw failure(`give ${key}`, error);
    }
  };
  return {
    get: async (key) => {
      for (let attempt = 1; ; attempt += 1) {
        const object = await open(key);
        if (object === undefined) return undefined;
        try {
          return { bytes: await buffer(object.body), revision: object.revision };
        } catch (error) {
          if (attempt === STREAM_ATTEMPTS) throw brokenOff(key, error);
        }
        await pauseAfter(attempt);
      }
    },
    stream: async (key) => {
      const object = await open(key);
      return object && withFailure(object.body, (error) => brokenOff(key, error));
    },
    has: async (key) => {
      try {
        const { HeadObjectCommand } = await sdk();
        await client.send(new HeadObjectCommand(at(key)));
        return true;
      } catch (error) {
        if (isAbsent(error)) return false;
        throw failure(`say whether it has ${key}`, error);
      }
    },
    put: async (key, body, condition) => {
      const input = { ...at(key), ...conditionOf(condition) };
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await send(client, input, body);
        } catch (error) {
          if (condition !== undefined && isUnmet(error)) throw changed(key, error);
          const failed = failure(`take ${key}`, error);
          if (Buffer.isBuffer(body) || !failed.retryable || attempt === STREAM_ATTEMPTS) throw failed;
        }
        await pauseAfter(attempt);
      }
    },
    delete: async (key) => {
      try {
        const { DeleteObjectCommand } = await sdk();
        await client.send(new DeleteObjectCommand(at(key)));
      } catch (error) {
        throw failure(`delete ${key}`, error);
      }
    },
  };
}

type OpenObject = { readonly body: Readable; readonly revision: string };

async function send(
  client: S3Client,
  input: PutObjectCommandInput,
  body: Buffer | { readonly file: string },
): Promise<string> {
  const { PutObjectCommand } = await sdk();
  if (Buffer.isBuffer(body)) {
    return revisionOf(await client.send(new PutObjectCommand({ ...input, Body: body })));
  }
  const { size } = await stat(body.file);
  const stream = createReadStream(body.file);
  try {
    return revisionOf(
      await client.send(new PutObjectCommand({ ...input, Body: stream, ContentLength: size })),
    );
  } finally {
    stream.destroy();
  }
}

function conditionOf(
  condition: WriteCondition | undefined,
): Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'> {
  if (condition === undefined) return {};
  return 'absent' in condition ? { IfNoneMatch: '*' } : { IfMatch: condition.revision };
}

function revisionOf(answer: { readonly ETag?: string | undefined }): string {
  if (answer.ETag === undefined) throw new TypeError('the answer has no entity tag');
  return answer.ETag;
}

/** Also true for a bucket that is not there, when `HEAD` asks: its answers have no body to tell. */
function isAbsent(error: unknown): boolean {
  const { name, status } = awsFacts(error);
  return name === 'NoSuchKey' || (status === 404 && name === 'NotFound');
}

/** 412; 409 when somebody else writes at the same time; 404 when there is none to match. */
function isUnmet(error: unknown): boolean {
  const { name, status } = awsFacts(error);
  return status === 412 || name === 'ConditionalRequestConflict' || name === 'NoSuchKey';
}

function changed(key: string, cause: unknown): StoreError {
  return new StoreError('object-changed', `somebody else has written ${key} meanwhile`, {
    cause,
    retryable: true,
  });
}

async function pauseAfter(attempt: number): Promise<void> {
  await delay(FIRST_WAIT_MS * 2 ** (attempt - 1));
}
