import type { Advisory } from './advisory.ts';

/** What a matcher asks of an advisory database. One is the SQLite shards, another a map in tests. */
export interface AdvisoryLookup {
  /** Ecosystems with their releases that the database has: `Debian:12`, `npm`, `Red Hat:enterprise_linux:8::baseos`. */
  ecosystems(): readonly string[];
  /** All advisories for this name, exact match; undefined when the database has nothing on the ecosystem at all. */
  advisories(ecosystem: string, name: string): readonly Advisory[] | undefined;
  /**
   * Maven: the names that advisories use for this artifact id, whatever the group. For archives that do not tell theirs;
   * absent where nobody asks about such.
   */
  namesOf?(ecosystem: string, artifact: string): readonly string[];
  /** EPSS and KEV facts of a CVE. */
  exploitation(cve: string): Exploitation;
}

export type Exploitation = {
  readonly epss?: { readonly score: number; readonly percentile: number; readonly date: string };
  readonly kev?: { readonly dateAdded: string; readonly dueDate?: string; readonly ransomware: boolean };
};
