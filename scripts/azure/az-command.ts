import { execFile } from 'node:child_process';
import { MiB } from '../../lambda/shared/units.ts';
import { type Interrupt, interrupted, stopIfInterrupted } from './interrupt.ts';
import { Refusal } from './refusal.ts';

/** One call of the Azure CLI that changes nothing by itself: `az` answers with JSON, or says why not. */
export type AzCommand = (args: readonly string[]) => Promise<AzAnswer>;

export type AzAnswer =
  /** `value` is undefined when nothing was printed. */
  | { readonly isOk: true; readonly value: unknown }
  | {
      readonly isOk: false;
      readonly reason: string;
      /** All that `az` printed of it. */
      readonly complaint: string;
      /** Azure says that there is no such thing. */
      readonly isMissing: boolean;
      /** The sentence with the command that mends it, where it is known. */
      readonly remedy?: string;
    };

/** Longer than any single request of the CLI waits by itself. */
const TIMEOUT_MS = 180_000;
/** Far over what a subscription's registries or a principal's assignments take as JSON. */
const MOST_BYTES = 64 * MiB;

/** https://github.com/Azure/azure-cli/blob/azure-cli-2.60.0/src/azure-cli-core/azure/cli/core/azclierror.py, ResourceNotFoundError */
const EXIT_NOT_FOUND = 3;
/** Of what was asked for, and not of what it is looked for in: `SubscriptionNotFound` is none of them. */
const MISSING: ReadonlySet<string> = new Set([
  'ResourceNotFound',
  'ResourceGroupNotFound',
  'Request_ResourceNotFound',
]);
/** `ERROR: (Code) …`, `ERROR: Code: …` or a line `Code: …`, by the version of `az` and the service. */
const CODE = /^(?:ERROR: \(?|Code: )(?<code>\w+)(?:\)|:|$)/m;

/** The `az` on PATH. Throws `Refusal` when there is none, or when the run was interrupted. */
export function azOnPath(env: NodeJS.ProcessEnv, interrupt: Interrupt): AzCommand {
  return async (args) => {
    stopIfInterrupted(interrupt);
    return new Promise((resolve, reject) => {
      const options = { env, signal: interrupt.handOn, timeout: TIMEOUT_MS, maxBuffer: MOST_BYTES };
      execFile('az', [...args, '--output', 'json'], options, (error, stdout, stderr) => {
        if (error === null) return resolve(answerOf(stdout));
        if (error.code === 'ENOENT') return reject(notInstalled(error));
        if (interrupt.signal.aborted) return reject(interrupted(error));
        const reason = error.killed === true ? 'az did not answer in time' : lastWords(stderr);
        const isMissing = saysMissing(stderr, Number(error.code));
        return resolve({ isOk: false, reason, complaint: stderr, isMissing });
      });
    });
  };
}

function answerOf(stdout: string): AzAnswer {
  if (stdout.trim() === '') return { isOk: true, value: undefined };
  try {
    return { isOk: true, value: JSON.parse(stdout) as unknown };
  } catch {
    return { isOk: false, reason: 'az did not answer with JSON', complaint: stdout, isMissing: false };
  }
}

/** Of service principals `az` gives no code. */
function saysMissing(stderr: string, exitCode: number): boolean {
  const code = CODE.exec(stderr)?.groups?.['code'];
  return code === undefined ? exitCode === EXIT_NOT_FOUND : MISSING.has(code);
}

/** The line with the error, without the warnings and advice around it. */
function lastWords(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const error = lines.find((line) => line.startsWith('ERROR:')) ?? lines.findLast((line) => line !== '');
  return (error ?? 'az gave no reason').replace(/^ERROR: /, '');
}

function notInstalled(cause: unknown): Refusal {
  return new Refusal(
    "Azure CLI not found. Install it as https://aka.ms/installazurecli says, then run 'az login'.",
    { cause },
  );
}
