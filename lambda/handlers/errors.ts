import { AppError } from '../shared/errors.ts';

/** Each is described in docs/error-codes.md. */
export type HandlerErrorCode =
  | 'environment-missing'
  | 'queue-unavailable'
  | 'message-invalid'
  | 'advisories-unavailable';

/** A function cannot do what it was called for. */
export class HandlerError extends AppError<HandlerErrorCode> {}
