export type { Advisory, AdvisorySeverity, AffectedPackage } from './advisory.ts';
export { type CvssScore, cvssScore, levelOfScore } from './cvss.ts';
export { ecosystemsFor, neededEcosystems } from './ecosystems.ts';
export { type Finding, findingSchema, SEVERITY_LEVELS, type SeverityLevel } from './finding.ts';
export type { AdvisoryLookup, Exploitation } from './lookup.ts';
export { affectingAdvisories, type MatchInput, type MatchOutput, matchPackages } from './match/index.ts';
