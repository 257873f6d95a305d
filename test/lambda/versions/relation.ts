import type { VersionScheme } from '../../../lambda/versions/index.ts';

export type Relation = '<' | '=' | '>' | 'not comparable' | 'contradiction';
type Compare = (a: string, b: string) => number | undefined;

/** The relation that a scheme sees between two versions; `contradiction` when turning the pair round does not turn it. */
export function relation(scheme: VersionScheme | Compare, a: string, b: string): Relation {
  const compare: Compare = typeof scheme === 'function' ? scheme : (x, y) => scheme.compare(x, y);
  const order = compare(a, b);
  const reverse = compare(b, a);
  if (order === undefined && reverse === undefined) return 'not comparable';
  if (order === undefined || reverse === undefined) return 'contradiction';
  if (Math.sign(order) + Math.sign(reverse) !== 0) return 'contradiction';
  if (order === 0) return '=';
  return order < 0 ? '<' : '>';
}

/** Neighbours in an ascending list, as rows for `it.each`. */
export function neighbours(ascending: readonly string[]): [string, string][] {
  return ascending.slice(1).map((version, i) => [ascending[i] ?? '', version]);
}

/** The pairs of an ascending list whose relation is not `<`, each as a text; empty when the order holds throughout. */
export function disorder(scheme: VersionScheme, ascending: readonly string[]): string[] {
  return ascending.flatMap((a, i) =>
    ascending
      .slice(i + 1)
      .filter((b) => relation(scheme, a, b) !== '<')
      .map((b) => `${a} ${relation(scheme, a, b)} ${b}`),
  );
}
