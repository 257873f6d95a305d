import { AppError } from '../shared/errors.ts';

/** See docs/error-codes.md. */
export type ScanErrorCode = 'image-too-large' | 'image-busy' | 'inventory-missing';

/** An image cannot be scanned, or matched again, for a reason that is neither of its registry nor of its form. */
export class ScanError extends AppError<ScanErrorCode> {}
