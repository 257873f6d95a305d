export {
  type AdvisoryDatabase,
  type ChangedPackages,
  type DatabaseStatus,
  DEFAULT_AMAZON_MIRROR,
  DEFAULT_EPSS_URL,
  DEFAULT_KEV_URL,
  DEFAULT_OSV_MIRROR,
  databaseStatus,
  type EnsureOptions,
  ensureShards,
  MANIFEST_FILE,
  type Manifest,
  openDatabase,
  parseManifest,
  type UpdateSummary,
  updateDatabase,
} from './database/index.ts';
export { consultedEcosystems, neededEcosystems } from './ecosystems.ts';
export { type Finding, findingSchema, SEVERITY_LEVELS, type SeverityLevel } from './finding.ts';
export type { AdvisoryLookup } from './lookup.ts';
export {
  affectingAdvisories,
  matchPackages,
  noteQuestions,
  type Question,
  questionOfAll,
  questionsAbout,
} from './match/index.ts';
