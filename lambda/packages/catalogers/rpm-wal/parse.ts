import type { AnalyzerResult, WantedFile } from '../../../image/index.ts';
import type { CatalogerOutput } from '../../cataloger.ts';

/** Says that the log was not read: packages installed last may be missing, removed ones may still be listed. */
export function parsePendingLog(file: WantedFile): AnalyzerResult<CatalogerOutput> {
  const detail = 'the rpm database has a write-ahead log with changes that are not read';
  return { outputs: [], problems: [{ code: 'unsupported', detail, path: file.path }] };
}
