import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { AppError, messageOf } from '../shared/errors.ts';
import { HandlerError } from './errors.ts';
import type { Hub } from './hub.ts';
import { isLastTry, receivesOf } from './messages.ts';
import { pauseAfter } from './retries.ts';

/**
 * Works on each record of a batch, and answers which of them failed: only those come again, after a pause that grows. Messages
 * that cannot be read go to the dead letters at once, those that failed for the last time with the reason.
 */
export async function inBatch(
  event: SQSEvent,
  hub: Pick<Hub, 'telemetry' | 'deadLetters' | 'retries'>,
  work: (record: SQSRecord) => Promise<void>,
): Promise<SQSBatchResponse> {
  try {
    return await processPartialResponse(
      event,
      async (record: SQSRecord) => {
        try {
          await work(record);
        } catch (error) {
          await giveBack(record, error, hub);
        }
      },
      new BatchProcessor(EventType.SQS),
      { throwOnFullBatchFailure: false },
    );
  } finally {
    hub.telemetry.flush();
  }
}

/** Throws when the queue is to hand the record out again, or to put it aside itself. */
async function giveBack(
  record: SQSRecord,
  error: unknown,
  { telemetry, deadLetters, retries }: Pick<Hub, 'telemetry' | 'deadLetters' | 'retries'>,
): Promise<void> {
  const facts = { messageId: record.messageId, receives: receivesOf(record) };
  const isUnreadable = error instanceof HandlerError && error.code === 'message-invalid';
  if (isUnreadable || isLastTry(record)) {
    telemetry.error('a message failed and is put aside', error, facts);
    // The queue puts it aside as well, later and without a reason.
    await deadLetters()
      .send(record.body, reasonOf(error))
      .catch((cause: unknown) => {
        telemetry.error('a message cannot be put aside', cause, facts);
        throw error;
      });
    return;
  }
  telemetry.error('a message failed and will be tried again', error, facts);
  const pause = pauseAfter(error, receivesOf(record));
  if (pause !== undefined) {
    await retries()
      .after(record.receiptHandle, pause)
      .catch((cause: unknown) =>
        telemetry.warn('a message comes again later than it should', { ...facts, detail: messageOf(cause) }),
      );
  }
  throw error;
}

/** Why something failed, as the dead letters are told. */
function reasonOf(error: unknown): { readonly code: string; readonly detail: string } {
  return { code: error instanceof AppError ? error.code : 'unexpected', detail: messageOf(error) };
}
