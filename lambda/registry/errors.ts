import { AppError } from '../shared/errors.ts';

/** Each is described in docs/error-codes.md. */
export type RegistryErrorCode =
  | 'reference-invalid'
  | 'image-not-found'
  | 'image-ambiguous'
  | 'unauthorized'
  | 'forbidden'
  | 'credentials-invalid'
  | 'login-refused'
  | 'principal-missing'
  | 'audience-refused'
  | 'role-missing'
  | 'abac-role-missing'
  | 'catalog-forbidden'
  | 'network-forbidden'
  | 'role-refused'
  | 'repository-forbidden'
  | 'image-inaccessible'
  | 'image-key-unusable'
  | 'upstream-failed'
  | 'registry-unreachable'
  | 'registry-error'
  | 'rate-limited'
  | 'insecure-refused'
  | 'redirect-refused'
  | 'manifest-too-large'
  | 'manifest-digest-mismatch'
  | 'manifest-unsupported'
  | 'blob-not-found'
  | 'blob-digest-mismatch'
  | 'blob-size-mismatch'
  | 'blob-truncated'
  | 'layout-invalid'
  | 'archive-invalid'
  | 'archive-too-large';

/** The image cannot be fetched from where it is said to be. */
export class RegistryError extends AppError<RegistryErrorCode> {}
