import { describe, expect, it } from '@jest/globals';
import { TIMEOUT_MINUTES } from '../../../cdk/function-sizes.ts';
import { HandlerError } from '../../../lambda/handlers/errors.ts';
import { pauseAfter, sqsRetries } from '../../../lambda/handlers/retries.ts';
import { RegistryError } from '../../../lambda/registry/index.ts';
import { MAX_RECEIVES } from '../../../lambda/shared/environment.ts';
import { HOUR_MS, MINUTE_MS } from '../../../lambda/shared/units.ts';
import { QUEUE, queues } from '../../support/aws/queues.ts';

describe('handlers/retries', () => {
  const aws = queues();

  it('puts a message off, by whole seconds', async () => {
    await sqsRetries(aws.client, QUEUE).after('receipt', 61_200);

    expect(aws.sqs.putOff).toEqual([{ queueUrl: QUEUE, receiptHandle: 'receipt', seconds: 62 }]);
  });

  const limited = (retryAfterMs?: number): RegistryError =>
    new RegistryError('rate-limited', 'wait', {
      retryable: true,
      ...(retryAfterMs === undefined ? {} : { data: { retryAfterMs } }),
    });

  it('waits longer from one try to the next, and never as long as the queue would', () => {
    const tries = Array.from({ length: MAX_RECEIVES - 1 }, (_, at) => at + 1);

    const pauses = tries.map((receives) => pauseAfter(limited(), receives) ?? Number.NaN);

    expect(pauses[0]).toBe(MINUTE_MS);
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(new Set(pauses).size).toBe(tries.length);
    expect(Math.max(...pauses)).toBeLessThan(6 * TIMEOUT_MINUTES * MINUTE_MS);
    // An outage of an hour is no reason to give up.
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(HOUR_MS);
  });

  it.each<[string, unknown, number, number | undefined]>([
    ['an error that asks for more', limited(5 * MINUTE_MS), 1, 5 * MINUTE_MS],
    ['one that asks for less', limited(1000), 1, MINUTE_MS],
    ['one that asks for a day', limited(24 * HOUR_MS), 1, HOUR_MS],
    ['one of somebody else, which may pass', new TypeError('a defect'), 2, 4 * MINUTE_MS],
    ['one that does not pass', new HandlerError('environment-missing', 'deploy again'), 1, undefined],
  ])('after %s', (_, error, receives, expected) => {
    expect(pauseAfter(error, receives)).toBe(expected);
  });
});
