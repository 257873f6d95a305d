export { isLoginMissing, LOGIN_REMEDY } from './aws/failure.ts';
export { AwsSessions, type AwsSessionsOptions } from './aws/sessions.ts';
export { RegistryError, type RegistryErrorCode } from './errors.ts';
export { isLayerType } from './layer-type.ts';
export type { Credentials } from './oci/credentials.ts';
export type { HttpOptions } from './oci/http.ts';
export { type OpenOptions, openSource } from './open-source.ts';
export type { ListedImage, OnGap, Registry, RegistryRepository } from './registry.ts';
export { isIncluded } from './repository-filter.ts';
export type { Descriptor, ImageSource, ManifestBytes } from './source.ts';
export { type ConnectionCheck, testAcrConnection } from './sources/acr/connection.ts';
export { type AcrIdentity, type AcrSurroundings, acrLoginOf } from './sources/acr/identity.ts';
export { type AcrRegistryOptions, acrRegistry } from './sources/acr/index.ts';
export type { AcrLoginOptions } from './sources/acr/server.ts';
export { stsWebIdentityToken } from './sources/acr/web-identity.ts';
export {
  connectEcr,
  type EcrAccount,
  type EcrOptions,
  ecrHost,
  testEcrConnection,
} from './sources/ecr/index.ts';
export { verifiedStream } from './verified-stream.ts';
