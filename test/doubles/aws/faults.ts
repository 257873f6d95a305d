import { AwsFailure } from './failure.ts';

/** A call that goes wrong, `times` times or for ever. */
export type CallFault = {
  /** `BatchGetImage`, `AssumeRole` */
  readonly action: string;
  /** Only in this region. */
  readonly region?: string;
  /** `ThrottlingException`, `ServerException` */
  readonly code: string;
  readonly status?: number;
  /** So many calls go well before. */
  readonly after?: number;
  readonly times?: number;
};

export type CallFaults = {
  add(fault: CallFault): void;
  clear(): void;
  /** Throws the fault that befalls a call, if any does. */
  strike(action: string, region: string): void;
};

/** No faults yet; of several for an action the first added happens first. */
export function callFaults(): CallFaults {
  const faults: { readonly fault: CallFault; before: number; left: number }[] = [];
  return {
    add: (fault) =>
      void faults.push({ fault, before: fault.after ?? 0, left: fault.times ?? Number.POSITIVE_INFINITY }),
    clear: () => void faults.splice(0),
    strike: (action, region) => {
      const found = faults.find(
        ({ fault, left }) =>
          left > 0 && fault.action === action && (fault.region === undefined || fault.region === region),
      );
      if (found === undefined) return;
      if (found.before > 0) {
        found.before -= 1;
        return;
      }
      found.left -= 1;
      throw new AwsFailure(found.fault.code, 'Rate exceeded', found.fault.status ?? 400);
    },
  };
}
