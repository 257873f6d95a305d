import { AppError } from '../shared/errors.ts';

/** Each is described in docs/error-codes.md. */
export type IntegrationErrorCode =
  | 'integration-invalid'
  | 'integration-exists'
  | 'integration-not-found'
  | 'integration-changed'
  | 'connection-failed';

/** An integration cannot be connected, found or changed. */
export class IntegrationError extends AppError<IntegrationErrorCode> {}
