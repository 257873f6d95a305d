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
  const faults: { readonly fault: CallFault; left: number }[] = [];
  return {
    add: (fault) => void faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }),
    clear: () => void faults.splice(0),
    strike: (action, region) => {
      const found = faults.find(
        ({ fault, left }) =>
          left > 0 && fault.action === action && (fault.region === undefined || fault.region === region),
      );
      if (found === undefined) return;
      found.left -= 1;
      throw new AwsFailure(found.fault.code, 'Rate exceeded', found.fault.status ?? 400);
    },
  };
}
