export { RegistryError, type RegistryErrorCode } from './errors.ts';
export { MAX_MANIFEST_BYTES } from './manifest-bytes.ts';
export { type OpenOptions, openSource } from './open-source.ts';
export { formatReference, type ImageReference, parseReference, redact } from './reference.ts';
export type { Descriptor, ImageSource, ManifestBytes } from './source.ts';
export type { Credentials, CredentialsLookup } from './sources/oci/credentials.ts';
export type { HttpOptions } from './sources/oci/http.ts';
export { openRegistry, type RegistryOptions } from './sources/oci/index.ts';
export { verifiedStream } from './verified-stream.ts';
