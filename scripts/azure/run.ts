import { type CommandName, parseArguments, type Request } from './arguments.ts';
import { cleanup } from './cleanup.ts';
import { install } from './install.ts';
import { askFor, type Dialog } from './interactive.ts';
import { interrupted } from './interrupt.ts';
import { messagesTo, type Output } from './messages.ts';
import { EXIT, Refusal } from './refusal.ts';
import type { Session } from './session.ts';
import { USAGE } from './usage.ts';

/** What the outside gives a run. */
export interface World extends Omit<Session, 'messages'> {
  readonly output: Output;
  readonly dialog: () => Dialog;
}

/** Runs one of the scripts with its arguments and gives the exit code. */
export async function run(command: CommandName, args: readonly string[], world: World): Promise<number> {
  const { output, dialog, appId, interrupt, ...rest } = world;
  const messages = messagesTo(output);
  try {
    const request =
      args.length === 0 ? await askFor(command, dialog(), appId) : parseArguments(command, args, appId);
    if (request === 'help') return print(output, USAGE[command]);
    if (request === 'cancelled') return print(output, 'Cancelled.\n');
    return await perform(request, { ...rest, appId, interrupt, messages });
  } catch (thrown) {
    // What fails after an interruption fails because of it.
    const error = interrupt.signal.aborted && !isInterruption(thrown) ? interrupted(thrown) : thrown;
    if (!(error instanceof Refusal)) throw error;
    for (const line of [error.message, ...error.more]) messages.error(line);
    if (error.exitCode === EXIT.usage && error.message.startsWith('Unknown option')) {
      for (const line of USAGE[command].trimEnd().split('\n')) output.err(line);
    }
    return error.exitCode;
  }
}

function perform(request: Request, session: Session): Promise<number> {
  return request.command === 'install' ? install(request, session) : cleanup(request, session);
}

function isInterruption(error: unknown): boolean {
  return error instanceof Refusal && error.exitCode === EXIT.interrupted;
}

function print(output: Output, text: string): number {
  for (const line of text.trimEnd().split('\n')) output.out(line);
  return EXIT.ok;
}
