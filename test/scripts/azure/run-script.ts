import { DEFAULT_APP_ID } from '../../../pulumi-azure/config.ts';
import type { Interrupt } from '../../../scripts/azure/interrupt.ts';
import { run } from '../../../scripts/azure/run.ts';
import type { AzureTenant } from '../../doubles/azure-tenant.ts';

const never = new AbortController().signal;
/** A run that nobody interrupts. */
export const NO_INTERRUPT: Interrupt = { signal: never, handOn: never };

export interface Printed {
  readonly exitCode: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** One run of a script against a tenant; `answers` are what is typed when it asks. */
export async function script(
  tenant: AzureTenant,
  command: 'install' | 'cleanup',
  args: string | readonly string[],
  answers: readonly string[] = [],
  { appId = DEFAULT_APP_ID }: { readonly appId?: string } = {},
): Promise<Printed> {
  const out: string[] = [];
  const err: string[] = [];
  const rest = [...answers];
  const exitCode = await run(command, typeof args === 'string' ? args.split(' ') : args, {
    az: tenant.az,
    appId,
    openStack: () => Promise.resolve(tenant.stack),
    interrupt: NO_INTERRUPT,
    output: { out: (line) => out.push(line), err: (line) => err.push(line) },
    dialog: () => ({
      say: (line) => out.push(line),
      ask: (question) => {
        out.push(question);
        return Promise.resolve(rest.shift());
      },
    }),
  });
  return { exitCode, out, err };
}
