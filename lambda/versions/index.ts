/** The order of versions, one scheme for each family of ecosystems. */
export { normaliseGoToolchain } from './go/toolchain.ts';
export { schemeById, schemeForEcosystem, type VersionSchemeId, versionSchemes } from './registry.ts';
export { compareRpmIgnoringEpoch } from './rpm/order.ts';
export { compareToBound, type VersionScheme } from './scheme.ts';
export { MAX_VERSION_LENGTH } from './text.ts';
