import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Hub } from './hub.ts';

/** Works on each record of a batch, and answers which of them failed: only those come again. */
export async function inBatch(
  event: SQSEvent,
  { telemetry }: Pick<Hub, 'telemetry'>,
  work: (record: SQSRecord) => Promise<void>,
): Promise<SQSBatchResponse> {
  try {
    return await processPartialResponse(
      event,
      async (record: SQSRecord) => {
        try {
          await work(record);
        } catch (error) {
          telemetry.error('a message failed and will be tried again', error, {
            messageId: record.messageId,
            receives: record.attributes.ApproximateReceiveCount,
          });
          throw error;
        }
      },
      new BatchProcessor(EventType.SQS),
      { throwOnFullBatchFailure: false },
    );
  } finally {
    telemetry.flush();
  }
}
