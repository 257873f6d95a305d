export type { Advisory, AdvisorySeverity, AffectedPackage } from './advisory.ts';
export { type CvssScore, cvssScore, levelOfScore } from './cvss.ts';
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
  type EnsureResult,
  ensureShards,
  openDatabase,
  type UpdateOptions,
  type UpdateSummary,
  updateDatabase,
} from './database/index.ts';
export { ecosystemsFor, neededEcosystems } from './ecosystems.ts';
export { AdvisoryError, type AdvisoryErrorCode } from './errors.ts';
export { type Finding, findingSchema, SEVERITY_LEVELS, type SeverityLevel } from './finding.ts';
export type { AdvisoryLookup, Exploitation } from './lookup.ts';
export { affectingAdvisories, type MatchInput, type MatchOutput, matchPackages } from './match/index.ts';
