import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { AppError } from '../shared/errors.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../shared/units.ts';

/** When messages that failed come again. */
export interface Retries {
  /** In so many milliseconds, not when the queue would hand it out by itself. Best effort: throws whatever the queue says. */
  after(receiptHandle: string, ms: number): Promise<void>;
}

export function sqsRetries(client: SQSClient, queueUrl: string): Retries {
  return {
    after: async (receiptHandle, ms) => {
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: Math.ceil(ms / SECOND_MS),
        }),
      );
    },
  };
}

/** A minute, four, sixteen, an hour: most of what fails passes at once, and five tries last through an outage of an hour. */
const FIRST_PAUSE_MS = MINUTE_MS;
const FACTOR = 4;
/** The queue's own timeout is longer (cdk/constructs/work-queue.ts). */
const LONGEST_PAUSE_MS = HOUR_MS;

/**
 * How long to wait after the so-manieth try failed, longer when the error says so. Undefined when waiting does not help: what
 * has to be mended first, such as a right that is missing, is left to the queue, whose pauses are the longest.
 */
export function pauseAfter(error: unknown, receives: number): number | undefined {
  if (error instanceof AppError && !error.retryable) return undefined;
  const asked = error instanceof AppError ? error.data['retryAfterMs'] : undefined;
  const pause = FIRST_PAUSE_MS * FACTOR ** (receives - 1);
  return Math.min(Math.max(pause, typeof asked === 'number' ? asked : 0), LONGEST_PAUSE_MS);
}
