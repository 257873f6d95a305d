import { createInterface } from 'node:readline';
import type { Dialog } from './interactive.ts';

/** Asks on standard output and reads answers from standard input, of a terminal or of a pipe with one answer a line. */
export function terminalDialog(): Dialog {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  return {
    say: (line) => void process.stdout.write(`${line}\n`),
    async ask(question) {
      process.stdout.write(question);
      const { value, done } = await lines.next();
      return done === true ? undefined : value;
    },
  };
}
