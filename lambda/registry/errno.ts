/**
 * The code of an error of Node or the system (`ENOENT`, `Z_BUF_ERROR`), '' when there is none. Looks at the shape, as
 * `instanceof Error` is false for errors of another realm.
 */
export function errnoOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
