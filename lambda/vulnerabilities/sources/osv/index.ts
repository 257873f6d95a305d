export type { CoverageFor, IsCovered } from './affected.ts';
export { readArchive } from './archive.ts';
export { isPseudoVersion } from './custom-ranges.ts';
export {
  DEFAULT_OSV_MIRROR,
  type FetchedIndex,
  fetchArchive,
  fetchRecord,
  fetchRecordIndex,
  listEcosystems,
} from './mirror.ts';
export { ecosystemFamily, lookupName } from './names.ts';
export { type ParsedRecord, type ParseOptions, parseRecord } from './normalize.ts';
export { parseRecordIndex } from './record-index.ts';
