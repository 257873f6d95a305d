import { StoreError } from '../errors.ts';

/** Of Node and the system; other causes stay until somebody acts. */
const PASSING = new Set(['EAGAIN', 'EBUSY', 'EMFILE', 'ENFILE', 'EINTR', 'ETIMEDOUT']);

/** Whether an error means that there is no such file. */
export function isAbsent(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** What a failed read or write of a file is for the caller: errors of ours stay as they are. */
export function fileFailure(verb: 'read' | 'write', key: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  return new StoreError('store-unavailable', `cannot ${verb} ${key} in its folder`, {
    cause: error,
    retryable: PASSING.has(codeOf(error)),
  });
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
