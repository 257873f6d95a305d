import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MiniStack, REGION } from './mini-stack.ts';
import { runProgram } from './run-program.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** The project's CDK command line against the emulator, in one account; its files go below `folder`. */
export interface CdkCli {
  /** Prepares the account for stacks with assets. */
  readonly bootstrap: () => Promise<void>;
  /** Deploys stacks and gives the outputs of each. */
  readonly deploy: (stacks: readonly string[], context?: Context) => Promise<StackOutputs>;
  readonly destroy: (stacks: readonly string[], context?: Context) => Promise<void>;
}

/** Options of the app, as `--context KEY=VALUE`. */
export type Context = Readonly<Record<string, string>>;
export type StackOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

export function cdkCli(stack: MiniStack, account: string, folder: string): CdkCli {
  async function cdk(args: readonly string[], context: Context = {}): Promise<void> {
    await runProgram(
      [
        'npx',
        '--no-install',
        'cdk',
        ...args,
        '--no-notices',
        `--output=${join(folder, `cdk-${account}`)}`,
        ...Object.entries(context).map(([key, value]) => `--context=${key}=${value}`),
      ],
      { cwd: ROOT, env: { ...stack.environment(account), CDK_DISABLE_CLI_TELEMETRY: '1' } },
    );
  }
  return {
    bootstrap: () => cdk(['bootstrap', `aws://${account}/${REGION}`]),
    deploy: async (stacks, context) => {
      const outputs = join(folder, `outputs-${account}.json`);
      await cdk(
        ['deploy', ...stacks, '--exclusively', '--require-approval=never', `--outputs-file=${outputs}`],
        context,
      );
      return JSON.parse(readFileSync(outputs, 'utf8')) as StackOutputs;
    },
    destroy: (stacks, context) => cdk(['destroy', ...stacks, '--exclusively', '--force'], context),
  };
}
