export { type Check, checkSchema } from './check.ts';
export {
  type AcrIntegration,
  type EcrIntegration,
  INTEGRATION_SCHEMA_VERSION,
  type Integration,
  integrationSchema,
} from './integration.ts';
export { type RegistryOpener, registryOpener } from './open-registry.ts';
export { findIntegration, listIntegrations } from './stored.ts';
