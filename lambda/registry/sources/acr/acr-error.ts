import type { AppErrorOptions } from '../../../shared/errors.ts';
import { RegistryError, type RegistryErrorCode } from '../../errors.ts';

/** An error with what to do about it, which its data hold apart as well: Test connection shows them side by side. */
export function acrError(
  code: RegistryErrorCode,
  sentence: string,
  remedy: string,
  options: AppErrorOptions = {},
): RegistryError {
  return new RegistryError(code, `${sentence}: ${remedy}`, {
    ...options,
    data: { ...options.data, sentence, remedy },
  });
}
