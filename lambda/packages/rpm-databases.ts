import type { ViewFile } from '../image/index.ts';
import type { CatalogerOutput } from './cataloger.ts';

/** rpm's own order of preference, newest format first (rpm `macros.in`, `%_db_backend`). */
const FORMATS = ['rpmdb.sqlite', 'Packages.db', 'Packages'];

/**
 * The files that speak for the image now. After rpm changed its database format an image can hold both: the one in the newest
 * layer is the truth, and of two in the same layer the newer format. All other files pass.
 */
export function currentDatabases(files: readonly ViewFile<CatalogerOutput>[]): ViewFile<CatalogerOutput>[] {
  const databases = files.filter(({ analyzer }) => analyzer === 'rpm');
  const best = databases.toSorted((a, b) => b.layer - a.layer || rank(a.path) - rank(b.path))[0];
  return files.filter((file) => file.analyzer !== 'rpm' || file === best);
}

function rank(path: string): number {
  return FORMATS.indexOf(path.slice(path.lastIndexOf('/') + 1));
}
