/** The advisory database on disk: built from the sources, kept up to date, looked up. */
export { DEFAULT_AMAZON_MIRROR } from '../sources/amazon/index.ts';
export { DEFAULT_EPSS_URL } from '../sources/epss/index.ts';
export { DEFAULT_KEV_URL } from '../sources/kev/index.ts';
export { DEFAULT_OSV_MIRROR } from '../sources/osv/index.ts';
export { type EnsureOptions, type EnsureResult, ensureShards } from './ensure.ts';
export { MANIFEST_FILE, type Manifest, parseManifest, readManifest } from './manifest.ts';
export { type AdvisoryDatabase, openDatabase } from './open.ts';
export type { ChangedPackages, RecordCounts } from './rewrite-shards.ts';
export type { UpdateProgress } from './source-update.ts';
export { type DatabaseStatus, databaseStatus, type SourceStatus } from './status.ts';
export {
  type SourceFailure,
  type UpdatedSource,
  type UpdateOptions,
  type UpdateSummary,
  updateDatabase,
} from './update.ts';
