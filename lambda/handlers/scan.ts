import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { type ScanOutcome, scanMessageSchema, scanRegistryImage } from '../scan/index.ts';
import { inBatch } from './batch.ts';
import { type Hub, openHub } from './hub.ts';
import { isLastTry, parseMessage } from './messages.ts';

/** Scans the images of a batch. What may pass by itself is handed back to the queue, the rest goes to the dead letters. */
export async function scan(event: SQSEvent, context: Context, hub: Hub): Promise<SQSBatchResponse> {
  return await inBatch(event, hub, (record) => scanRecord(record, context, hub));
}

async function scanRecord(record: SQSRecord, context: Context, hub: Hub): Promise<void> {
  const { telemetry, deadLetters } = hub;
  const message = parseMessage(record, scanMessageSchema);
  try {
    const outcome = await scanRegistryImage(message, {
      ...hub.scanning(),
      messageId: record.messageId,
      remainingMs: context.getRemainingTimeInMillis(),
      isLastTry: isLastTry(record),
    });
    tell(hub, outcome, { digest: message.digest, repository: message.repository.name });
    if (outcome.outcome === 'failed') await deadLetters().send(record.body, outcome);
  } catch (error) {
    if (isLastTry(record)) telemetry.count('ImagesFailed');
    throw error;
  }
}

function tell({ telemetry }: Hub, outcome: ScanOutcome, facts: Readonly<Record<string, string>>): void {
  if (outcome.outcome === 'scanned') {
    telemetry.count('ImagesScanned');
    telemetry.count('ImagesPartial', outcome.complete ? 0 : 1);
    telemetry.count('LayerBytesPulled', outcome.bytesPulled);
    telemetry.count('LayersReused', outcome.layersReused);
  }
  if (outcome.outcome === 'failed') {
    telemetry.count('ImagesFailed');
    telemetry.warn('an image cannot be scanned', { ...facts, ...outcome });
    return;
  }
  telemetry.info('image', { ...facts, ...outcome });
}

let hub: Hub | undefined;

/** AWS Lambda calls this for the messages of the scan queue. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  hub ??= openHub('scan', process.env);
  return await scan(event, context, hub);
}
