import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  LocalWorkspace,
  type OutputMap,
  type Stack,
  StackNotFoundError,
} from '@pulumi/pulumi/automation/index.js';
import { z } from 'zod';
import { PROJECT_NAME, projectConfig } from '../../pulumi-azure/config.ts';
import type { Backend } from './backend.ts';
import { assignmentOf, EventLog, ROLE_ASSIGNMENT, SERVICE_PRINCIPAL } from './engine-events.ts';
import { complaintsOf, refusalOf } from './pulumi-errors.ts';
import { Refusal } from './refusal.ts';
import type { Held, HeldAssignment, IntegrationStack, Outcome } from './stack.ts';
import { normalScope, type StackConfig } from './targets.ts';

export interface PulumiStackOptions {
  /** Folder of Pulumi.yaml. */
  readonly root: string;
  readonly stackName: string;
  readonly backend: Backend;
  /** Takes what Pulumi prints. */
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

const deploymentSchema = z.object({
  resources: z
    .array(
      z.object({
        type: z.string(),
        id: z.string().optional(),
        inputs: z.record(z.string(), z.unknown()).optional(),
        delete: z.boolean().optional(),
      }),
    )
    .default([]),
});
type Resource = z.output<typeof deploymentSchema>['resources'][number];

/** The stack of one tenant in Pulumi's hands, by the `pulumi` on PATH. Methods throw `Refusal` for what keeps Pulumi from starting at all. */
export function pulumiStack(options: PulumiStackOptions): IntegrationStack {
  const { stackName, signal } = options;
  const quiet = { color: 'never', signal } as const;
  const loud = { ...quiet, suppressOutputs: true, onOutput: options.progress } as const;
  return {
    async read({ dryRun }) {
      const stack = await find(options);
      if (stack === undefined) return undefined;
      const config = await storedConfig(stack);
      if ((await resourcesOf(stack)).length === 0) return heldBy([], config, new EventLog());
      const log = new EventLog();
      const look = { ...quiet, onEvent: log.add };
      const outcome = await run(log, () => (dryRun ? stack.previewRefresh(look) : stack.refresh(look)));
      if (!outcome.isOk)
        throw new Refusal('Could not look at what the stack holds', { more: outcome.errors });
      return heldBy(await resourcesOf(stack), config, log);
    },
    async preview(config) {
      const stack = await find(options);
      if (stack === undefined) return previewOfNew(config, options);
      const settings = await stack.workspace.stackSettings(stackName).catch(() => ({}));
      return inTemporaryFolder((folder) => {
        const configFile = join(folder, 'Pulumi.preview.yaml');
        const others = Object.entries('config' in settings ? (settings.config ?? {}) : {}).filter(
          ([name]) => !name.startsWith(`${PROJECT_NAME}:`),
        );
        // JSON is YAML, and Pulumi reads the file by its ending.
        const text = JSON.stringify({
          ...settings,
          config: { ...Object.fromEntries(others), ...qualified(config) },
        });
        writeFileSync(configFile, text, { mode: 0o600 });
        const log = new EventLog();
        return run(log, () => stack.preview({ ...loud, onEvent: log.add, refresh: true, configFile }));
      });
    },
    async up(config) {
      const stack = (await find(options)) ?? (await make(options));
      await store(config, stack);
      const log = new EventLog();
      return run(log, () => stack.up({ ...loud, onEvent: log.add }));
    },
    async previewDestroy() {
      const stack = await find(options);
      if (stack === undefined) return { isOk: true, changes: [], errors: [] };
      const log = new EventLog();
      return run(log, () => stack.previewDestroy({ ...loud, onEvent: log.add, refresh: true }));
    },
    async destroy() {
      const stack = await find(options);
      if (stack === undefined) return { isOk: true, changes: [], errors: [] };
      const log = new EventLog();
      return run(log, async () => {
        await stack.destroy({ ...loud, onEvent: log.add, refresh: true });
        await stack.workspace.removeStack(stackName);
        return {};
      });
    },
  };
}

async function find(options: PulumiStackOptions, backend = options.backend): Promise<Stack | undefined> {
  const { root, stackName } = options;
  if (backend.folder !== undefined) mkdirSync(backend.folder, { recursive: true });
  try {
    const envVars = { ...backend.variables };
    return await LocalWorkspace.selectStack({ stackName, workDir: root }, { envVars });
  } catch (error) {
    if (error instanceof StackNotFoundError) return undefined;
    throw refusalOf(error);
  }
}

async function make({ root, stackName, backend }: PulumiStackOptions): Promise<Stack> {
  try {
    return await LocalWorkspace.createStack(
      { stackName, workDir: root },
      { envVars: { ...backend.variables } },
    );
  } catch (error) {
    throw refusalOf(error);
  }
}

/** A stack that is thrown away again, in a state of its own. Pulumi previews nothing without one. */
function previewOfNew(config: StackConfig, options: PulumiStackOptions): Promise<Outcome> {
  return inTemporaryFolder(async (folder) => {
    const variables = { ...options.backend.variables, PULUMI_BACKEND_URL: `file://${folder}` };
    const name = `dry-run-${options.stackName}`;
    const stack = await make({ ...options, stackName: name, backend: { variables } });
    try {
      await store(config, stack);
      const log = new EventLog();
      return await run(log, () =>
        stack.preview({
          color: 'never',
          signal: options.signal,
          suppressOutputs: true,
          onOutput: options.progress,
          onEvent: log.add,
        }),
      );
    } finally {
      // With it goes the file of its configuration.
      await stack.workspace.removeStack(name);
    }
  });
}

async function inTemporaryFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'backline-azure-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Configuration of our project. In a fresh checkout there is none: then it is that of the stack's last run. */
async function storedConfig(stack: Stack): Promise<StackConfig> {
  const stored = await stack.getAllConfig();
  const known = Object.keys(stored).length > 0 ? stored : ((await stack.info(false))?.config ?? {});
  const texts = Object.entries(known).map(([name, { value }]) => [name, value] as const);
  return projectConfig(Object.fromEntries(texts), PROJECT_NAME);
}

async function store(config: StackConfig, stack: Stack): Promise<void> {
  const wanted = qualified(config);
  const stored = Object.keys(await stack.getAllConfig());
  const gone = stored.filter((name) => name.startsWith(`${PROJECT_NAME}:`) && wanted[name] === undefined);
  if (gone.length > 0) await stack.removeAllConfig(gone);
  await stack.setAllConfig(
    Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, { value }])),
  );
}

function qualified(config: StackConfig): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [`${PROJECT_NAME}:${name}`, value]),
  );
}

async function resourcesOf(stack: Stack): Promise<readonly Resource[]> {
  const { deployment } = await stack.exportStack();
  return deploymentSchema.parse(deployment).resources.filter((resource) => resource.delete !== true);
}

function heldBy(resources: readonly Resource[], config: StackConfig, look: EventLog): Held {
  const vanished = look.changes.flatMap(({ assignment, action }) =>
    assignment !== undefined && action === 'delete' ? [assignment] : [],
  );
  const isThere = ({ role, scope }: HeldAssignment) =>
    !vanished.some((one) => one.role === role && normalScope(one.scope) === normalScope(scope));
  const assignments = resources
    .filter(({ type }) => type === ROLE_ASSIGNMENT)
    .flatMap(({ inputs, id }) => {
      const assignment = assignmentOf(inputs, id);
      return assignment?.id === undefined ? [] : [{ ...assignment, id: assignment.id }];
    });
  const hasPrincipal = resources.some(({ type }) => type === SERVICE_PRINCIPAL);
  return { config, assignments: assignments.filter(isThere), vanished, hasPrincipal };
}

async function run(log: EventLog, command: () => Promise<object>): Promise<Outcome> {
  try {
    const result: { readonly outputs?: OutputMap } = await command();
    const id: unknown = result.outputs?.['principalObjectId']?.value;
    return {
      isOk: true,
      changes: log.changes,
      errors: [],
      ...(typeof id === 'string' ? { principalObjectId: id } : {}),
    };
  } catch (error) {
    return { isOk: false, changes: log.changes, errors: complaintsOf(error, log.errors) };
  }
}
