import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach } from '@jest/globals';
import type { Discovery, Integration } from '../../../../lambda/integrations/index.ts';
import { type ReportDocument, reportDocumentSchema } from '../../../../lambda/report/index.ts';
import {
  advisoryStorage,
  currentCatalogerSet,
  type DiscoverMessage,
  type DiscoverOptions,
  discoverIntegration,
  type Outbox,
  type RefreshOptions,
  type RematchMessage,
  refreshAdvisories,
  rematchImage,
  reportKey,
  type ScanMessage,
  type ScanOutcome,
  type ScanRegistryImageOptions,
  scanRegistryImage,
} from '../../../../lambda/scan/index.ts';
import type { ImageRecord } from '../../../../lambda/scan/registry-images/records.ts';
import type { RematchOptions } from '../../../../lambda/scan/registry-images/rematch.ts';
import {
  type ObjectStore,
  openObjectDirectory,
  openStateFile,
  type StateStore,
} from '../../../../lambda/store/index.ts';
import { type MemoryRegistry, memoryRegistry } from '../../../doubles/memory-registry.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';
import { writeMirror } from '../../vulnerabilities/mirror.ts';
import { NOW, RECORDS } from '../bench.ts';

export const INTEGRATION: Integration = {
  schemaVersion: 1,
  id: 'ecr-111122223333',
  provider: 'ecr',
  accountId: '111122223333',
  roleArn: 'arn:aws:iam::111122223333:role/BacklineECRIntegrationRole',
  externalId: 'an-external-id',
  regions: ['eu-west-1'],
  connected: true,
  createdAt: NOW.toISOString(),
  updatedAt: NOW.toISOString(),
};

/** A hub on embedded storage: what was sent, what is kept, and the use cases over it. */
export interface HubBench {
  readonly registry: MemoryRegistry;
  readonly state: StateStore;
  readonly objects: ObjectStore;
  readonly sent: { scans: ScanMessage[]; discoveries: DiscoverMessage[]; rematches: RematchMessage[] };
  /** The clock of everything; tests move it. */
  now: Date;
  discover(
    options?: Partial<DiscoverOptions>,
    rest?: Parameters<typeof discoverIntegration>[1],
  ): Promise<Discovery>;
  /** Works on the scans that were asked for, as one queue would. */
  scanAll(options?: Partial<ScanRegistryImageOptions>): Promise<ScanOutcome[]>;
  scan(message: ScanMessage, options?: Partial<ScanRegistryImageOptions>): Promise<ScanOutcome>;
  refresh(
    records?: Parameters<typeof writeMirror>[1],
    options?: Partial<RefreshOptions>,
  ): ReturnType<typeof refreshAdvisories>;
  rematch(digest: string, options?: Partial<RematchOptions>): ReturnType<typeof rematchImage>;
  image(digest: string): Promise<ImageRecord | undefined>;
  report(digest: string): Promise<ReportDocument | undefined>;
}

const TOOL = { name: 'backline', version: '0.0.0' };

/** A fresh hub for each test of a file. */
export function hubBench(): HubBench {
  const path = temporaryDirectory();
  let number = 0;
  let current: HubBench | undefined;
  beforeEach(() => {
    number += 1;
    current = openBench((...parts) => path(`hub-${number}`, ...parts));
  });
  afterEach(async () => {
    await current?.state.close();
  });
  return new Proxy({} as HubBench, {
    get: (_, name) => Reflect.get(current as HubBench, name),
    set: (_, name, value) => Reflect.set(current as HubBench, name, value),
  });
}

function openBench(path: (...parts: string[]) => string): HubBench {
  const clock = { now: NOW };
  const state = openStateFile(path('state.sqlite'), () => clock.now);
  const objects = openObjectDirectory(path('objects'));
  const registry = memoryRegistry();
  const sent: HubBench['sent'] = { scans: [], discoveries: [], rematches: [] };
  const bench: HubBench = {
    registry,
    state,
    objects,
    sent,
    get now() {
      return clock.now;
    },
    set now(now) {
      clock.now = now;
    },
    discover: (options, rest) =>
      discoverIntegration(INTEGRATION, rest, {
        state,
        catalogers: currentCatalogerSet(),
        scans: outbox(sent.scans),
        discoveries: outbox(sent.discoveries),
        registryOf: () => registry,
        isTimeUp: () => false,
        now: () => bench.now,
        ...options,
      }),
    scanAll: async (options) => {
      const outcomes: ScanOutcome[] = [];
      for (const message of sent.scans.splice(0)) outcomes.push(await bench.scan(message, options));
      return outcomes;
    },
    scan: (message, options) =>
      scanRegistryImage(message, {
        state,
        objects,
        integrationOf: async (id) => (id === INTEGRATION.id ? INTEGRATION : undefined),
        registryOf: () => registry,
        advisories: { storage: advisoryStorage(objects, path('work')) },
        tool: TOOL,
        now: () => bench.now,
        messageId: 'message-1',
        remainingMs: 900_000,
        isLastTry: false,
        ...options,
      }),
    refresh: async (records = RECORDS, options = {}) =>
      await refreshAdvisories({
        state,
        objects,
        folder: path('database'),
        mirror: await writeMirror(path('mirror'), records),
        rematches: outbox(sent.rematches),
        now: () => bench.now,
        ...options,
      }),
    rematch: (digest, options) =>
      rematchImage(digest, {
        state,
        objects,
        advisories: { storage: advisoryStorage(objects, path('work')) },
        tool: TOOL,
        now: () => bench.now,
        ...options,
      }),
    image: async (digest) => (await state.get(`image#${digest}`, 'image'))?.value as ImageRecord | undefined,
    report: async (digest) => {
      const stored = await objects.get(reportKey(digest));
      if (stored === undefined) return undefined;
      return reportDocumentSchema.parse(JSON.parse(gunzipSync(stored.bytes).toString('utf8')));
    },
  };
  return bench;
}

function outbox<Message>(sent: Message[]): Outbox<Message> {
  return {
    send: async (messages) => {
      sent.push(...messages);
    },
  };
}
