import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { type RematchMessage, rematchImage, rematchMessageSchema } from '../scan/index.ts';
import { MESSAGE_VERSION } from '../shared/environment.ts';
import { inBatch } from './batch.ts';
import { type Hub, openHub } from './hub.ts';
import { isLastTry, parseMessage, receivesOf } from './messages.ts';

/**
 * Matches known images with the advisories of today. An image that fails holds up no other of its message: it comes again in a
 * message of its own, or goes to the dead letters when no retry can help.
 */
export async function rematch(event: SQSEvent, hub: Hub): Promise<SQSBatchResponse> {
  return await inBatch(event, hub, (record) => rematchRecord(record, hub));
}

async function rematchRecord(record: SQSRecord, hub: Hub): Promise<void> {
  const { digests } = parseMessage(record, rematchMessageSchema);
  const [digest, ...others] = digests;
  if (digest !== undefined && others.length === 0) return await matchAlone(digest, record, hub);
  // The call before this one ended without a word, at one of them.
  const isSuspect = receivesOf(record) > 1;
  const again = isSuspect ? digests : await matchEach(digests, hub);
  if (again.length > 0) await hub.rematches().send(again.map(messageFor));
}

async function matchAlone(digest: string, record: SQSRecord, hub: Hub): Promise<void> {
  try {
    await match(digest, hub);
  } catch (error) {
    if (isLastTry(record)) hub.telemetry.count('ImagesFailed');
    throw error;
  }
}

/** Gives those that failed. */
async function matchEach(digests: readonly string[], hub: Hub): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const digest of digests) {
    try {
      await match(digest, hub);
    } catch (error) {
      hub.telemetry.error('an image failed and will be tried again by itself', error, { digest });
      failed.push(digest);
    }
  }
  return failed;
}

async function match(digest: string, { telemetry, scanning, deadLetters }: Hub): Promise<void> {
  const outcome = await rematchImage(digest, scanning());
  if (typeof outcome === 'string') {
    telemetry.count('ImagesMatched', outcome === 'matched' ? 1 : 0);
    telemetry.info('rematch', { digest, outcome });
    return;
  }
  telemetry.count('ImagesFailed');
  telemetry.warn('an image cannot be matched', { digest, ...outcome });
  await deadLetters().send(JSON.stringify(messageFor(digest)), outcome);
}

function messageFor(digest: string): RematchMessage {
  return { version: MESSAGE_VERSION, kind: 'rematch', digests: [digest] };
}

let hub: Hub | undefined;

/** AWS Lambda calls this for the messages of the rematch queue. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  hub ??= openHub('rematch', process.env);
  return await rematch(event, hub);
}
