import { createInterface } from 'node:readline';
import type { Dialog } from './interactive.ts';
import type { Interrupt } from './interrupt.ts';
import { EXIT, Refusal } from './refusal.ts';

/**
 * Asks on standard output and reads answers from standard input, of a terminal or of a pipe with one answer a line. A question that is
 * interrupted throws `Refusal`.
 */
export function terminalDialog({ signal }: Interrupt): Dialog {
  const lines = createInterface({ input: process.stdin, signal })[Symbol.asyncIterator]();
  return {
    say: (line) => void process.stdout.write(`${line}\n`),
    async ask(question) {
      process.stdout.write(question);
      const { value, done } = await lines.next();
      if (signal.aborted) {
        // The cursor stands behind the question.
        process.stdout.write('\n');
        throw new Refusal('Interrupted', { exitCode: EXIT.interrupted });
      }
      return done === true ? undefined : value;
    },
  };
}
