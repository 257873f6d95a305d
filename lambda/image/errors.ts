import { AppError } from '../shared/errors.ts';

/** Each is described in docs/error-codes.md. */
export type ImageErrorCode =
  | 'manifest-invalid'
  | 'config-invalid'
  | 'media-type-unsupported'
  | 'platform-not-found'
  | 'layer-corrupt'
  | 'layer-truncated';

/** The image was fetched but cannot be read. */
export class ImageError extends AppError<ImageErrorCode> {}
