import { KiB, SECOND_MS } from '../../shared/units.ts';
import { StoreError } from '../errors.ts';
import type { StateQuery, StateValue } from '../state.ts';

/** DynamoDB's limit for a sort key. */
const MAX_KEY_BYTES = 1024;
/** An item of DynamoDB has 400 KB; the rest is for keys and what JSON writes shorter. */
const MAX_VALUE_BYTES = 390 * KiB;
/** DynamoDB allows 32 levels, counted from the attribute. */
const MAX_DEPTH = 30;
const MAX_PAGE = 1000;
const DEFAULT_PAGE = 100;

/** Fails with `key-invalid` unless both are text of 1 to 1024 bytes. */
export function requireKeys(partition: string, sort: string): void {
  for (const key of [partition, sort]) {
    if (key === '' || !key.isWellFormed() || Buffer.byteLength(key) > MAX_KEY_BYTES) {
      throw new StoreError(
        'key-invalid',
        `${JSON.stringify(key)} is no key of a record: 1 to ${MAX_KEY_BYTES} bytes of text are allowed`,
      );
    }
  }
}

/** The value as JSON. Fails with `value-too-large`, and with `value-invalid` for what one of the stores cannot hold. */
export function jsonOf(value: StateValue): string {
  requireHoldable(value, 0);
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_VALUE_BYTES) {
    throw new StoreError(
      'value-too-large',
      `a record has ${bytes} bytes, at most ${MAX_VALUE_BYTES} are kept`,
      {
        data: { bytes, maxBytes: MAX_VALUE_BYTES },
      },
    );
  }
  return text;
}

function requireHoldable(value: unknown, depth: number): void {
  if (typeof value === 'number' && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) {
    throw new StoreError(
      'value-invalid',
      `a record has the number ${value}: only up to 2^53 - 1 can be kept`,
    );
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth === MAX_DEPTH) {
    throw new StoreError('value-invalid', `a record is nested deeper than ${MAX_DEPTH} levels`);
  }
  for (const part of Object.values(value)) requireHoldable(part, depth + 1);
}

/** How many records a page may have. */
export function pageSize(query: StateQuery): number {
  return Math.min(Math.max(query.limit ?? DEFAULT_PAGE, 1), MAX_PAGE);
}

/** DynamoDB's time to live counts seconds, so both stores do: rounded up, never before its time. */
export function expirySeconds(expiresAtMs: number): number {
  return Math.ceil(expiresAtMs / SECOND_MS);
}

/** Records that expire at this second or before are gone. */
export function nowSeconds(clock: () => Date): number {
  return Math.floor(clock().getTime() / SECOND_MS);
}

export function conflict(partition: string, sort: string, cause?: unknown): StoreError {
  return new StoreError(
    'state-conflict',
    `somebody else has written the record ${partition} ${sort} meanwhile`,
    {
      cause,
      retryable: true,
    },
  );
}
