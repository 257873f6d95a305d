/** Which repositories of a registry are meant, by name; `*` in a pattern stands for any characters, also `/`. */
export type RepositoryFilter = {
  /** Only these; absent: all. */
  readonly include?: readonly string[] | undefined;
  /** Not these, whatever `include` says. */
  readonly exclude?: readonly string[] | undefined;
};

/** True when a repository is meant. */
export function isIncluded(name: string, { include, exclude = [] }: RepositoryFilter): boolean {
  if (exclude.some((pattern) => fits(name, pattern))) return false;
  return include === undefined || include.some((pattern) => fits(name, pattern));
}

/** The repositories that are named in full: they need not be listed to be known. */
export function namedRepositories(filter: RepositoryFilter): string[] {
  return (filter.include ?? []).filter((pattern) => !pattern.includes('*') && isIncluded(pattern, filter));
}

/** Part by part, each at its first place: linear, where a regular expression with many `.*` would not be. */
function fits(name: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
