import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { rematchImage, rematchMessageSchema } from '../scan/index.ts';
import { inBatch } from './batch.ts';
import { type Hub, openHub } from './hub.ts';
import { parseMessage } from './messages.ts';

/** Matches known images with the advisories of today. */
export async function rematch(event: SQSEvent, hub: Hub): Promise<SQSBatchResponse> {
  return await inBatch(event, hub, (record) => rematchRecord(record, hub));
}

async function rematchRecord(record: SQSRecord, hub: Hub): Promise<void> {
  const { digests } = parseMessage(record, rematchMessageSchema);
  for (const digest of digests) {
    const outcome = await rematchImage(digest, hub.scanning());
    hub.telemetry.count('ImagesMatched', outcome === 'matched' ? 1 : 0);
    hub.telemetry.info('rematch', { digest, ...(typeof outcome === 'string' ? { outcome } : outcome) });
  }
}

let hub: Hub | undefined;

/** AWS Lambda calls this for the messages of the rematch queue. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  hub ??= openHub('rematch', process.env);
  return await rematch(event, hub);
}
