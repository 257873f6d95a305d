import { describe, expect, it } from '@jest/globals';
import { ConcurrentUpdateError } from '@pulumi/pulumi/automation/index.js';
import { complaintsOf, refusalOf } from '../../../scripts/azure/pulumi-errors.ts';

describe('scripts/azure/pulumi-errors', () => {
  it('says how Pulumi is installed when it is not', () => {
    expect(
      refusalOf(
        new Error('code: -2\n stderr: Command failed with ENOENT: pulumi version\nspawn pulumi ENOENT'),
      ).message,
    ).toBe(
      "Pulumi CLI not found. Install it with 'curl -fsSL https://get.pulumi.com | sh' and open a new shell.",
    );
  });

  it('repeats what a command said last', () => {
    const refusal = refusalOf(new Error('code: 255\n stdout: \nerror: no access to s3://state\n'));

    expect([refusal.message, ...refusal.more]).toEqual([
      'Pulumi cannot open the stack',
      'no access to s3://state',
    ]);
  });

  it('prefers what the engine complained of, each line once', () => {
    expect(complaintsOf(new Error('code: 255'), ['error: first\n  second', 'error: first'], '')).toEqual([
      'first',
      'second',
    ]);
  });

  it('says how a stack is freed that another run holds', () => {
    const error = Object.assign(Object.create(ConcurrentUpdateError.prototype) as Error, {
      message: 'locked',
    });

    expect(complaintsOf(error, ['error: locked'], 'pulumi cancel x')).toEqual([
      "Another run holds the stack: wait for it or, if it died, free the stack with 'pulumi cancel x'.",
    ]);
  });
});
