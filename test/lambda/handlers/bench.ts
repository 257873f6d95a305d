import type { Context, SQSEvent } from 'aws-lambda';
import type { Hub } from '../../../lambda/handlers/hub.ts';
import type { Facts, MetricName } from '../../../lambda/handlers/telemetry.ts';
import type { Check } from '../../../lambda/integrations/index.ts';
import { advisoryStorage, currentCatalogerSet } from '../../../lambda/scan/index.ts';
import { AppError } from '../../../lambda/shared/errors.ts';
import { HOST } from '../../doubles/memory-registry.ts';
import { type HubBench, INTEGRATION } from '../scan/registry-images/bench.ts';

/** A hub for handlers over embedded storage, and what they said and sent away. */
export interface HandlerBench {
  readonly hub: Hub;
  readonly counts: Partial<Record<MetricName, number>>;
  readonly said: { readonly level: string; readonly message: string; readonly facts: Facts }[];
  readonly dead: { readonly body: string; readonly code: string }[];
  /** When messages are to come again: what they were handed out under, and in how many milliseconds. */
  readonly retried: { readonly receipt: string; readonly ms: number }[];
  /** What the next test of a connection comes to. */
  readonly checks: Check[];
}

/** Over a bench of the use cases; `folder` is for advisories that are fetched. */
export function handlerBench(bench: HubBench, folder: string): HandlerBench {
  const counts: HandlerBench['counts'] = {};
  const said: { level: string; message: string; facts: Facts }[] = [];
  const dead: { body: string; code: string }[] = [];
  const retried: HandlerBench['retried'] = [];
  const now = (): Date => bench.now;
  const registryOf = () => bench.registry;
  const { state, objects, sent } = bench;
  const checks: Check[] = [];
  const hub: Hub = {
    telemetry: {
      info: (message, facts = {}) => said.push({ level: 'info', message, facts }),
      warn: (message, facts = {}) => said.push({ level: 'warn', message, facts }),
      error: (message, error, facts = {}) =>
        said.push({
          level: 'error',
          message,
          facts: { ...facts, code: error instanceof AppError ? error.code : String(error) },
        }),
      count: (name, value = 1) => {
        counts[name] = (counts[name] ?? 0) + value;
      },
      flush: () => undefined,
    },
    integrations: async () => [INTEGRATION],
    integration: async (id) => (id === INTEGRATION.id ? INTEGRATION : undefined),
    discovering: () => ({
      state,
      scans: { send: async (messages) => void sent.scans.push(...messages) },
      discoveries: { send: async (messages) => void sent.discoveries.push(...messages) },
      catalogers: currentCatalogerSet(),
      registryOf,
      isWanted: () => true,
      hostOf: async () => HOST,
      now,
    }),
    scanning: () => ({
      state,
      objects,
      integrationOf: hub.integration,
      registryOf,
      advisories: { storage: advisoryStorage(objects, folder) },
      tool: { name: 'backline', version: '0.0.0' },
      now,
    }),
    refreshing: () => {
      throw new Error('not used');
    },
    managing: () => ({
      state,
      test: async () => checks,
      discoveries: { send: async (messages) => void sent.discoveries.push(...messages) },
      now,
    }),
    rematches: () => ({ send: async (messages) => void sent.rematches.push(...messages) }),
    retries: () => ({ after: async (receipt, ms) => void retried.push({ receipt, ms }) }),
    deadLetters: () => ({
      send: async (body, { code }) => {
        dead.push({ body, code });
      },
    }),
  };
  return { hub, counts, said, dead, retried, checks };
}

/** What Lambda hands over for these messages. */
export function sqsEvent(bodies: readonly unknown[], receives = 1): SQSEvent {
  return {
    Records: bodies.map((body, index) => ({
      messageId: `message-${index}`,
      receiptHandle: `receipt-${index}`,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      attributes: {
        ApproximateReceiveCount: String(receives),
        SentTimestamp: '0',
        SenderId: '',
        ApproximateFirstReceiveTimestamp: '0',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-west-1:111122223333:scan',
      awsRegion: 'eu-west-1',
    })),
  };
}

/** A call with so much time left; nothing else of a context is used. */
export function contextWith(remainingMs: number): Context {
  return { getRemainingTimeInMillis: () => remainingMs } as Context;
}
