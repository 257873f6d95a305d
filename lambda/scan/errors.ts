import { AppError } from '../shared/errors.ts';

/** See docs/error-codes.md. */
export type ScanErrorCode = 'image-too-large';

/** An image cannot be scanned for a reason that is neither of its registry nor of its form. */
export class ScanError extends AppError<ScanErrorCode> {}
