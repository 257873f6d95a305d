/** Archives that application servers, plugin hosts and build tools load Java code from. */
const ENDINGS: ReadonlySet<string> = new Set('jar war ear par sar nar kar hpi jpi lpkg rar'.split(' '));

/** True for names of Java archives. `.rar` is a resource adapter, or an archive of another kind: its first bytes tell. */
export function isArchiveName(path: string): boolean {
  // Endings have three or four letters.
  const dot = path.charAt(path.length - 4) === '.' ? path.length - 4 : path.length - 5;
  return dot > 0 && path.charAt(dot) === '.' && ENDINGS.has(path.slice(dot + 1).toLowerCase());
}
