import { ConcurrentUpdateError } from '@pulumi/pulumi/automation/index.js';
import { messageOf } from '../../lambda/shared/errors.ts';
import { Refusal } from './refusal.ts';

/** As many of the last words of a failed command as a reader can use. */
const MOST_LINES = 12;

const INSTALL = "'curl -fsSL https://get.pulumi.com | sh'";

/** What keeps Pulumi from opening the stack, with the command that mends it. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Error && /spawn pulumi ENOENT/.test(error.message)) {
    return new Refusal(`Pulumi CLI not found. Install it with ${INSTALL} and open a new shell.`, {
      cause: error,
    });
  }
  return new Refusal('Pulumi cannot open the stack', { more: complaintsOf(error, [], ''), cause: error });
}

/**
 * Why a command failed: what the engine complained of, or else what the command said last. `cancel` is the command that
 * frees the stack of a run that died.
 */
export function complaintsOf(
  error: unknown,
  complaints: readonly string[],
  cancel: string,
): readonly string[] {
  if (error instanceof ConcurrentUpdateError) {
    return [`Another run holds the stack: wait for it or, if it died, free the stack with '${cancel}'.`];
  }
  const lines = (complaints.length > 0 ? complaints : [messageOf(error)])
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.trim() !== '' && !/^\s+at /.test(line));
  const errors = lines.filter((line) => line.startsWith('error: '));
  const told = complaints.length === 0 && errors.length > 0 ? errors : lines;
  return [...new Set(told.map((line) => withAdvice(line.replace(/^error: /, '').trim())))].slice(-MOST_LINES);
}

function withAdvice(line: string): string {
  return /does not satisfy the version range/.test(line) ? `${line}: update it with ${INSTALL}` : line;
}
