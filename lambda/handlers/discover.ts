import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { z } from 'zod';
import type { Discovery } from '../integrations/index.ts';
import {
  type DiscoverMessage,
  discoverIntegration,
  discoverMessageSchema,
  ecrPushSchema,
  requestPushed,
} from '../scan/index.ts';
import { MESSAGE_VERSION } from '../shared/environment.ts';
import { MINUTE_MS } from '../shared/units.ts';
import { inBatch } from './batch.ts';
import { type Hub, openHub } from './hub.ts';
import { parseMessage } from './messages.ts';
import type { Telemetry } from './telemetry.ts';

const bodySchema = z.union([discoverMessageSchema, ecrPushSchema]);

/** The rest of an integration is left to another call when so little of this one remains. */
const RESERVE_MS = 2 * MINUTE_MS;

/** Looks through registries, or takes one pushed image, and asks for scans. */
export async function discover(event: SQSEvent, context: Context, hub: Hub): Promise<SQSBatchResponse> {
  return await inBatch(event, hub, (record) => discoverRecord(record, context, hub));
}

async function discoverRecord(record: SQSRecord, context: Context, hub: Hub): Promise<void> {
  const body = parseMessage(record, bodySchema);
  if ('kind' in body) {
    if (body.kind === 'reconcile') await reconcile(hub);
    else await lookThrough(body, context, hub);
    return;
  }
  const requested = await requestPushed(body, {
    ...hub.discovering(),
    integrations: await hub.integrations(),
  });
  hub.telemetry.count('ImagesRequested', requested);
  hub.telemetry.info('push', {
    account: body.account,
    repository: body.detail['repository-name'],
    requested,
  });
}

/** A message for each integration: one that is slow or fails holds up no other. */
async function reconcile(hub: Hub): Promise<void> {
  const connected = (await hub.integrations()).filter((integration) => integration.connected);
  await hub
    .discovering()
    .discoveries.send(
      connected.map(({ id }) => ({ version: MESSAGE_VERSION, kind: 'integration', integration: id })),
    );
  hub.telemetry.info('reconcile', { integrations: connected.length });
}

async function lookThrough(
  message: Extract<DiscoverMessage, { kind: 'integration' }>,
  context: Context,
  hub: Hub,
): Promise<void> {
  const { telemetry } = hub;
  const integration = await hub.integration(message.integration);
  if (integration?.connected !== true) {
    telemetry.info('not connected any more', { integration: message.integration });
    return;
  }
  const found = await discoverIntegration(integration, message.rest, {
    ...hub.discovering(),
    isTimeUp: () => context.getRemainingTimeInMillis() < RESERVE_MS,
  });
  telemetry.info(found.finishedAt === undefined ? 'looked through a part' : 'looked through', {
    integration: integration.id,
    repositories: found.repositories,
    images: found.images,
    requested: found.requested,
    gaps: found.gaps.length + found.moreGaps,
  });
  if (found.finishedAt === undefined) return;
  telemetry.count('RepositoriesDiscovered', found.repositories);
  telemetry.count('ImagesRequested', found.requested);
  tellGaps(found, integration.id, telemetry);
}

/** Those that are kept with the integration each, the rest by their number. */
function tellGaps(
  { repositories, gaps, moreGaps, refused }: Discovery,
  integration: string,
  telemetry: Telemetry,
): void {
  for (const gap of gaps) telemetry.warn('a gap', { integration, ...gap });
  if (moreGaps > 0) telemetry.warn('more gaps', { integration, gaps: moreGaps });
  // Nobody connects an account to keep all of it out.
  const isShut = refused >= repositories;
  telemetry.count('RepositoriesRefused', refused);
  telemetry.count('RepositoryGaps', gaps.length + moreGaps - (isShut ? 0 : refused));
}

let hub: Hub | undefined;

/** AWS Lambda calls this for the messages of the discover queue. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  hub ??= openHub('discover', process.env);
  return await discover(event, context, hub);
}
