export { type Check, checkSchema } from './check.ts';
export {
  type IntegrationAnswer,
  type IntegrationCommand,
  integrationAnswerSchema,
  integrationCommandSchema,
  runIntegrationCommand,
} from './command.ts';
export { connectionTester } from './connection-tester.ts';
export { type Discovery, discoverySchema, integrationPartition, keepDiscovery } from './discovery.ts';
export type {
  AcrIntegration,
  EcrIntegration,
  Integration,
} from './integration.ts';
export { type ConnectionTester, type ManageOptions, showIntegration } from './manage.ts';
export { type RegistryOpener, registryOpener } from './open-registry.ts';
export { findIntegration, listIntegrations } from './stored.ts';
