import { type StateStore, StoreError } from '../store/index.ts';
import type { Check } from './check.ts';
import { IntegrationError } from './errors.ts';
import { changedIntegration, type IntegrationChange, type IntegrationInput, integrationOf } from './input.ts';
import type { Integration } from './integration.ts';
import { INTEGRATIONS_PARTITION, integrationIn } from './stored.ts';

/** Tries what an integration needs, step by step. Throws when it could not be tried at all. */
export type ConnectionTester = (integration: Integration) => Promise<readonly Check[]>;

export type ManageOptions = {
  readonly state: StateStore;
  readonly test: ConnectionTester;
  readonly now: () => Date;
};

/** An integration, and what a test of it came to; `isSaved` is false when a check failed and nothing was changed. */
export type Tested = {
  readonly integration: Integration;
  readonly checks: readonly Check[];
  readonly isSaved: boolean;
};

/**
 * Connects an account, or one that was disconnected again, with the history it has. Tests the connection first and saves
 * nothing when a check fails, unless forced. Throws `integration-invalid`, `integration-exists`, `integration-changed`.
 */
export async function connectIntegration(
  input: IntegrationInput,
  force: boolean,
  options: ManageOptions,
): Promise<Tested> {
  const candidate = integrationOf(input, options.now().toISOString());
  const before = await read(candidate.id, options.state);
  if (before !== undefined) requireReconnectable(before.integration, candidate);
  const integration = { ...candidate, createdAt: before?.integration.createdAt ?? candidate.createdAt };
  return await saveTested(integration, before?.version ?? 0, force, options);
}

/** Tests a stored integration, connected or not. Throws `integration-not-found`. */
export async function testIntegration(id: string, options: ManageOptions): Promise<Tested> {
  const { integration } = await readKnown(id, options.state);
  return { integration, checks: await options.test(integration), isSaved: true };
}

/** Changes an integration, tested as `connectIntegration` does. Throws its codes and `integration-not-found`. */
export async function updateIntegration(
  id: string,
  change: IntegrationChange,
  force: boolean,
  options: ManageOptions,
): Promise<Tested> {
  const { integration: before, version } = await readKnown(id, options.state);
  if (!before.connected) {
    throw new IntegrationError('integration-invalid', `${id} is disconnected: connect it again instead`);
  }
  const integration = changedIntegration(before, change, options.now().toISOString());
  return await saveTested(integration, version, force, options);
}

/** Ends the scans of an integration; what was found stays. Throws `integration-not-found`, `integration-changed`. */
export async function disconnectIntegration(
  id: string,
  { state, now }: Pick<ManageOptions, 'state' | 'now'>,
): Promise<Integration> {
  const { integration: before, version } = await readKnown(id, state);
  if (!before.connected) return before;
  const integration = { ...before, connected: false, updatedAt: now().toISOString() };
  await save(integration, version, state);
  return integration;
}

/** A stored integration. Throws `integration-not-found`. */
export async function showIntegration(id: string, state: StateStore): Promise<Integration> {
  return (await readKnown(id, state)).integration;
}

type Stored = { readonly integration: Integration; readonly version: number };

async function read(id: string, state: StateStore): Promise<Stored | undefined> {
  const record = await state.get(INTEGRATIONS_PARTITION, id);
  if (record === undefined) return undefined;
  return { integration: integrationIn(record), version: record.version };
}

async function readKnown(id: string, state: StateStore): Promise<Stored> {
  const found = await read(id, state);
  if (found !== undefined) return found;
  throw new IntegrationError('integration-not-found', `there is no integration ${JSON.stringify(id)}`);
}

function requireReconnectable(before: Integration, candidate: Integration): void {
  if (before.connected) {
    throw new IntegrationError(
      'integration-exists',
      `${before.id} is connected already: update it, or give the new one another id`,
    );
  }
  if (ownerOf(before) !== ownerOf(candidate)) {
    throw new IntegrationError(
      'integration-exists',
      `${before.id} was that of ${ownerOf(before)}, and has its history: give the new one another id`,
    );
  }
}

function ownerOf(integration: Integration): string {
  return integration.provider === 'ecr'
    ? `account ${integration.accountId}`
    : `tenant ${integration.tenantId.toLowerCase()}`;
}

async function saveTested(
  integration: Integration,
  version: number,
  force: boolean,
  { state, test }: ManageOptions,
): Promise<Tested> {
  const checks = await test(integration);
  const isSaved = force || !checks.some(({ outcome }) => outcome === 'failed');
  if (isSaved) await save(integration, version, state);
  return { integration, checks, isSaved };
}

async function save(integration: Integration, expected: number, state: StateStore): Promise<void> {
  try {
    await state.put(INTEGRATIONS_PARTITION, integration.id, integration, { expected });
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'state-conflict') throw error;
    throw new IntegrationError(
      'integration-changed',
      `somebody else has changed ${integration.id} meanwhile: look at it, then try again`,
      { cause: error, retryable: true },
    );
  }
}
