import { EXIT, Refusal } from './refusal.ts';

/** How a run learns that it is to end. */
export interface Interrupt {
  /** Aborted by the first signal of whatever kind: nothing more is begun. */
  readonly signal: AbortSignal;
  /** Aborted by a signal that reached only this process: what runs is to be ended. */
  readonly handOn: AbortSignal;
}

/**
 * Listens to the signals of this process. A terminal sends Ctrl-C to Pulumi and `az` as well: they end what they are at, and a
 * second signal would end Pulumi in the middle of it. Other signals are handed on.
 */
export function watchInterrupt(): Interrupt {
  const all = new AbortController();
  const handOn = new AbortController();
  process.on('SIGINT', () => all.abort());
  for (const name of ['SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      all.abort();
      handOn.abort();
    });
  }
  return { signal: all.signal, handOn: handOn.signal };
}

/** Throws when the run was interrupted. To be called before anything that asks or changes Azure. */
export function stopIfInterrupted({ signal }: Interrupt): void {
  if (signal.aborted) throw interrupted();
}

/** The end of a run that was interrupted. */
export function interrupted(cause?: unknown): Refusal {
  return new Refusal('Interrupted', {
    exitCode: EXIT.interrupted,
    more: ['What is said above to be done is done. The same command goes on from there.'],
    cause,
  });
}
