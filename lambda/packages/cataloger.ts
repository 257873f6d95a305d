import type { LayerAnalyzer } from '../image/index.ts';
import type { FoundPackage } from './package.ts';

/** What a cataloger says of one file. */
export type CatalogerOutput =
  | { readonly kind: 'package'; readonly package: FoundPackage }
  /** Files (no leading slash) installed by an OS package that is described in another file (dpkg's `info/*.list`). */
  | { readonly kind: 'ownership'; readonly packageName: string; readonly files: readonly string[] }
  /** Key and value pairs of a file that tells the distribution or its package sources. */
  | { readonly kind: 'distro'; readonly source: string; readonly fields: Readonly<Record<string, string>> };

/** Reads one kind of package metadata. One constant a folder under catalogers/, listed in catalogers/index.ts. */
export interface Cataloger extends LayerAnalyzer<CatalogerOutput> {
  /** For docs/catalogers.md: what it reads, in a few words. */
  readonly title: string;
  /** Format specifications or upstream sources. */
  readonly urls: readonly string[];
  /** For docs/catalogers.md: the paths it wants, as globs. */
  readonly files: readonly string[];
}
