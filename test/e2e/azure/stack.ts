import { spawn } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { installPulumiEngine } from '../../../scripts/pulumi-engine/build.ts';
import type { ControlPlane } from '../../doubles/azure/control-plane.ts';

/** A command that has ended. */
export type Ended = {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Running = {
  readonly ended: Promise<Ended>;
  /** When it has printed this on standard error. */
  said(text: string): Promise<void>;
  /** Ctrl-C, which a terminal sends to a command and to what that started. */
  interrupt(): void;
  /** kill -9 for it and all that it started. */
  kill(): void;
};

/** The project as someone checks it out, with a stack whose state and settings lie in a temporary folder. */
export interface StackFolder {
  start(command: readonly string[]): Running;
  /** Runs a command to its end; throws with what it printed unless it exits as expected, with 0. */
  run(command: readonly string[], expected?: number): Promise<Ended>;
  /** The command line of `pulumi` that asks nothing. */
  pulumiCommand(...args: readonly string[]): readonly string[];
  /** Runs `pulumi` to its end. */
  pulumi(...args: readonly string[]): Promise<Ended>;
  /** What is on disk by now, but for what Pulumi keeps for itself in the home of its own. */
  files(): readonly string[];
  /** Everything printed and everything left on disk so far, by name. */
  traces(): ReadonlyMap<string, string>;
  remove(): void;
}

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** What `pulumi` and the scripts read of the project. It is copied, as they write their files beside. */
const PROJECT = ['Pulumi.yaml', 'package.json', 'pulumi-azure', 'lambda/shared', 'scripts/azure'] as const;

/** Protects the secrets of a stack. It must turn up nowhere. */
export const PASSPHRASE = 'correct-horse-battery-staple';

export type StackFolderOptions = {
  /** As somebody has it who never ran Pulumi: no state, no passphrase. */
  readonly isFresh?: boolean;
};

/** A folder to run commands in: the engine, the program and `az` find only the stand-ins. */
export function stackFolder(azure: ControlPlane, { isFresh = false }: StackFolderOptions = {}): StackFolder {
  const home = mkdtempSync(join(tmpdir(), 'backline-azure-'));
  const folder = join(home, 'project');
  // Where the scripts keep it unless told otherwise.
  const state = join(home, '.local', 'share', 'backline', 'pulumi');
  const pulumiHome = join(home, 'pulumi');
  for (const path of [folder, ...(isFresh ? [] : [state, pulumiHome])]) mkdirSync(path, { recursive: true });
  for (const name of PROJECT) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  // What someone behind a gateway to Azure Resource Manager would put there, for all stacks.
  const setting = `config:\n  backline-azure:armEndpoint:\n    value: ${azure.armEndpoint}\n`;
  appendFileSync(join(folder, 'Pulumi.yaml'), setting);
  const environment = {
    ...azure.environment,
    HOME: home,
    PATH: [azure.bin, installPulumiEngine(), join(ROOT, 'node_modules', '.bin'), '/usr/bin', '/bin'].join(
      delimiter,
    ),
    // Pulumi asks the system for the home of the user, not the environment.
    PULUMI_HOME: pulumiHome,
    ...(isFresh ? {} : { PULUMI_CONFIG_PASSPHRASE: PASSPHRASE }),
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
  };
  const printed: [string, string][] = [];

  function start([program = '', ...args]: readonly string[]): Running {
    const child = spawn(program, args, {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, as a shell makes one for each command.
      detached: true,
    });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
      });
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on('error', reject).on('close', (exitCode) => {
        printed.push([[program, ...args].join(' '), output.stdout + output.stderr]);
        resolve({ exitCode, ...output });
      });
    });
    return {
      ended,
      said: (text) =>
        new Promise((resolve) => {
          const look = () => {
            if (!output.stderr.includes(text)) return;
            child.stderr.off('data', look);
            resolve();
          };
          child.stderr.on('data', look);
          look();
        }),
      interrupt: () => void process.kill(-(child.pid ?? 0), 'SIGINT'),
      kill: () => {
        // The engine puts what it starts into process groups of their own.
        for (const pid of treeOf(child.pid)) process.kill(pid, 'SIGKILL');
      },
    };
  }

  async function run(command: readonly string[], expected = 0): Promise<Ended> {
    const ended = await start(command).ended;
    if (ended.exitCode === expected) return ended;
    throw new Error(`${command.join(' ')} ended with ${ended.exitCode}:\n${ended.stdout}\n${ended.stderr}`);
  }

  // As someone would type it who looks after a stack of the scripts.
  const pulumiCommand = (...args: readonly string[]): readonly string[] => [
    'env',
    `PULUMI_BACKEND_URL=file://${state}`,
    'pulumi',
    ...args,
    '--non-interactive',
    '--color=never',
  ];

  return {
    start,
    run,
    pulumiCommand,
    pulumi: (...args) => run(pulumiCommand(...args)),
    files: () =>
      filesBelow(home)
        .map(([path]) => path)
        .filter((path) => !path.startsWith(pulumiHome))
        .toSorted(),
    traces: () => new Map([...printed, ...filesBelow(home)]),
    remove: () => rmSync(home, { recursive: true }),
  };
}

/** A process and all that it and they have started, children last. Linux tells them by the thread that started them. */
function treeOf(pid: number | undefined): readonly number[] {
  if (pid === undefined) return [];
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
  );
  return [pid, ...children.flatMap((child) => treeOf(Number(child)))];
}

function filesBelow(folder: string): [string, string][] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path, 'latin1')]);
}
