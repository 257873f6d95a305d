import { AppError } from '../shared/errors.ts';

/** Each is described in docs/error-codes.md. */
export type StoreErrorCode =
  | 'key-invalid'
  | 'object-changed'
  | 'state-conflict'
  | 'value-invalid'
  | 'value-too-large'
  | 'store-unavailable';

/** Something could not be kept, or what was kept cannot be had. */
export class StoreError extends AppError<StoreErrorCode> {}
