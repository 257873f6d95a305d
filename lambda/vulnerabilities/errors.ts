import { AppError } from '../shared/errors.ts';

/** Each is described in docs/error-codes.md. */
export type AdvisoryErrorCode =
  | 'mirror-invalid'
  | 'feed-not-found'
  | 'feed-unreachable'
  | 'feed-truncated'
  | 'feed-too-large'
  | 'feed-malformed'
  | 'feed-checksum-mismatch'
  | 'database-missing'
  | 'database-invalid'
  | 'database-locked'
  | 'shard-missing'
  | 'shard-invalid';

/** An advisory feed cannot be read, or the advisory database on disk cannot be used. */
export class AdvisoryError extends AppError<AdvisoryErrorCode> {}
