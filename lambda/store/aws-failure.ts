import { messageOf } from '../shared/errors.ts';
import { StoreError } from './errors.ts';

/** Answers with a status below 500 that ask for patience: the errors that DynamoDB and S3 document as to be retried. */
const THROTTLED = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'LimitExceededException',
  'SlowDown',
  'RequestTimeout',
]);
/** No answer at all. Names of unknown hosts are not among them: a wrong endpoint stays wrong. */
const DISCONNECTED = /\b(?:ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EAI_AGAIN|TimeoutError|socket hang up)\b/;

/** What is read of an error of the AWS SDK, whatever package it comes from. */
export type AwsFacts = {
  /** `NoSuchKey`; `''` when it is no error of a service. */
  readonly name: string;
  /** HTTP status; absent when nothing was answered. */
  readonly status?: number;
};

/** The facts of anything the SDK throws. */
export function awsFacts(error: unknown): AwsFacts {
  if (typeof error !== 'object' || error === null) return { name: '' };
  const name = 'name' in error && typeof error.name === 'string' ? error.name : '';
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : undefined;
  return typeof status === 'number' ? { name, status } : { name };
}

/** A bucket or table that refuses or does not answer. `act` is what was tried: `read key x`. Errors of ours stay. */
export function awsFailure(place: string, act: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { name, status } = awsFacts(error);
  const answered = status === undefined ? '' : ` (${name}, status ${status})`;
  return new StoreError('store-unavailable', `${place} did not ${act}${answered}`, {
    cause: error,
    retryable: status === undefined ? isDisconnected(error) : isPassing(name, status),
  });
}

function isPassing(name: string, status: number): boolean {
  return status >= 500 || status === 429 || THROTTLED.has(name);
}

/** Errors of another realm come wrapped: the SDK keeps no more than their message. */
function isDisconnected(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const code = 'code' in error ? String(error.code) : '';
  return DISCONNECTED.test(`${awsFacts(error).name} ${code} ${messageOf(error)}`);
}
