import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  LocalWorkspace,
  type OutputMap,
  type Stack,
  StackNotFoundError,
} from '@pulumi/pulumi/automation/index.js';
import type { Backend } from './backend.ts';
import { EventLog } from './engine-events.ts';
import { heldBy, resourcesOf } from './held.ts';
import { type Interrupt, stopIfInterrupted } from './interrupt.ts';
import { complaintsOf, refusalOf } from './pulumi-errors.ts';
import { Refusal } from './refusal.ts';
import type { IntegrationStack, Outcome } from './stack.ts';
import { settingsWith, storeConfig, storedConfig } from './stack-settings.ts';
import type { StackConfig } from './targets.ts';

export interface PulumiStackOptions {
  /** Folder of Pulumi.yaml. */
  readonly root: string;
  readonly stackName: string;
  readonly backend: Backend;
  /** Takes what Pulumi prints. */
  readonly progress: (text: string) => void;
  readonly interrupt: Interrupt;
}

// https://github.com/pulumi/pulumi/blob/v3.252.0/sdk/go/common/workspace/paths.go, BookkeepingDir
const STATE = '.pulumi';

/** A run without anything to do. */
const NOTHING: Outcome = { isOk: true, changes: [], errors: [] };

/**
 * The stack of one tenant in Pulumi's hands, by the `pulumi` on PATH. Methods throw `Refusal` for what keeps Pulumi from starting at all,
 * and when the run was interrupted.
 */
export function pulumiStack(options: PulumiStackOptions): IntegrationStack {
  const { stackName } = options;
  const quiet = { color: 'never', signal: options.interrupt.handOn } as const;
  const run = (log: EventLog, command: () => Promise<object>) => outcomeOf(log, command, options);
  const loud = { ...quiet, suppressOutputs: true, onOutput: options.progress } as const;
  let found: Stack | undefined;
  // Each command of Pulumi takes its time to start: what was found once is not looked for again.
  const existing = async () => (found ??= await find(options));
  return {
    async read({ dryRun }) {
      const stack = await existing();
      if (stack === undefined) return undefined;
      const config = await storedConfig(stack);
      if ((await resourcesOf(stack)).length === 0) return heldBy([], config);
      const log = new EventLog();
      const look = { ...quiet, onEvent: log.add };
      const outcome = await run(log, () =>
        dryRun
          ? stack.previewRefresh(look)
          : // Of what a run that died was making: the program adopts it when it is there.
            stack.refresh({ ...look, clearPendingCreates: true }),
      );
      if (!outcome.isOk) {
        throw new Refusal('Could not look at what the stack holds', { more: outcome.errors });
      }
      return heldBy(await resourcesOf(stack), config, log);
    },
    async preview(config) {
      const stack = await existing();
      if (stack === undefined) return previewOfNew(config, options);
      const settings = await settingsWith(config, stack);
      return inTemporaryFolder((folder) => {
        // Pulumi reads the file by its ending.
        const configFile = join(folder, 'Pulumi.preview.yaml');
        writeFileSync(configFile, settings, { mode: 0o600 });
        const log = new EventLog();
        return run(log, () => stack.preview({ ...loud, onEvent: log.add, refresh: true, configFile }));
      });
    },
    async up(config) {
      const stack = (await existing()) ?? (found = await make(options));
      await storeConfig(config, stack);
      const log = new EventLog();
      return run(log, () => stack.up({ ...loud, onEvent: log.add }));
    },
    async previewDestroy() {
      const stack = await existing();
      if (stack === undefined) return NOTHING;
      const log = new EventLog();
      return run(log, () => stack.previewDestroy({ ...loud, onEvent: log.add, refresh: true }));
    },
    async destroy() {
      const stack = await existing();
      if (stack === undefined) return NOTHING;
      const log = new EventLog();
      return run(log, async () => {
        await stack.destroy({ ...loud, onEvent: log.add, refresh: true });
        await stack.workspace.removeStack(stackName);
        found = undefined;
        return {};
      });
    },
  };
}

async function find({ root, stackName, backend, interrupt }: PulumiStackOptions): Promise<Stack | undefined> {
  stopIfInterrupted(interrupt);
  // Pulumi would begin its state there though it only looks.
  if (backend.folder !== undefined && !existsSync(join(backend.folder, STATE))) return undefined;
  try {
    const envVars = { ...backend.variables };
    return await LocalWorkspace.selectStack({ stackName, workDir: root }, { envVars });
  } catch (error) {
    if (error instanceof StackNotFoundError) return undefined;
    throw refusalOf(error);
  }
}

async function make({ root, stackName, backend, interrupt }: PulumiStackOptions): Promise<Stack> {
  stopIfInterrupted(interrupt);
  if (backend.folder !== undefined) mkdirSync(backend.folder, { recursive: true });
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
      await storeConfig(config, stack);
      const log = new EventLog();
      const look = { color: 'never', suppressOutputs: true, onEvent: log.add } as const;
      const { interrupt, progress } = options;
      const ways = { ...look, signal: interrupt.handOn, onOutput: progress };
      return await outcomeOf(log, () => stack.preview(ways), options);
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

async function outcomeOf(
  log: EventLog,
  command: () => Promise<object>,
  options: PulumiStackOptions,
): Promise<Outcome> {
  stopIfInterrupted(options.interrupt);
  try {
    const result: { readonly outputs?: OutputMap } = await command();
    return { isOk: true, changes: log.changes, errors: [], ...textsOf(result.outputs ?? {}) };
  } catch (error) {
    const errors = complaintsOf(error, log.errors, cancelCommand(options));
    return { isOk: false, changes: log.changes, errors };
  }
}

function textsOf(outputs: OutputMap): Pick<Outcome, 'principalObjectId' | 'connectCommand'> {
  const names = ['principalObjectId', 'connectCommand'] as const;
  const texts = names.flatMap((name) => {
    const value: unknown = outputs[name]?.value;
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return Object.fromEntries(texts);
}

/** As it is to be typed, with the state of our own where that is the one. */
function cancelCommand({ root, stackName, backend }: PulumiStackOptions): string {
  const { PULUMI_BACKEND_URL: url } = backend.variables;
  return `${url === undefined ? '' : `PULUMI_BACKEND_URL=${url} `}pulumi cancel --yes --cwd ${root} ${stackName}`;
}
