export { RegistryError } from './errors.ts';
export type { Credentials } from './oci/credentials.ts';
export type { HttpOptions } from './oci/http.ts';
export { type OpenOptions, openSource } from './open-source.ts';
export type { ListedImage, OnGap, Registry, RegistryRepository } from './registry.ts';
export type { Descriptor, ImageSource, ManifestBytes } from './source.ts';
export { verifiedStream } from './verified-stream.ts';
