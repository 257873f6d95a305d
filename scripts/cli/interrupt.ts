import { EXIT } from './failure.ts';

/** Ctrl-C, as the command line heeds it. */
export interface Interrupt {
  /** Aborted by the first Ctrl-C; further ones change nothing. */
  readonly signal: AbortSignal;
  /** Tells the user, once, and sets the exit code. */
  report(): void;
}

/** How long what is under way may take to end by itself. Databases change in one step, so that being cut off harms none. */
const GRACE_MS = 1000;

/**
 * Turns Ctrl-C into a signal. Whatever does not heed that (a registry that does not answer, an open standard input) is
 * ended a second later.
 */
export function watchInterrupt(): Interrupt {
  const controller = new AbortController();
  let isReported = false;
  const report = (): void => {
    process.exitCode = EXIT.interrupted;
    if (!isReported) process.stderr.write(`${process.stderr.isTTY ? '\r\u001b[2K' : ''}interrupted\n`);
    isReported = true;
  };
  process.on('SIGINT', () => {
    if (controller.signal.aborted) return;
    controller.abort();
    setTimeout(() => {
      report();
      process.exit();
    }, GRACE_MS).unref();
  });
  return { signal: controller.signal, report };
}
