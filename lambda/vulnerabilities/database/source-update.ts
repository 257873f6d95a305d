import type { FeedClient } from '../feed/client.ts';
import type { CoverageFor } from '../sources/osv/index.ts';
import type { ShardState, SourceState } from './manifest.ts';
import type { ChangedPackages, RecordCounts } from './rewrite-shards.ts';
import type { Workspace } from './workspace.ts';

/** Steps of one source, for whoever watches. */
export type UpdateProgress = {
  /** `osv:Debian`, `amazon:2`, `epss`, `kev`. */
  readonly source: string;
  readonly step: 'checking' | 'downloading' | 'reading' | 'writing' | 'done' | 'unchanged' | 'failed';
  readonly detail?: string;
};

/** What the update of a source works with. */
export type UpdateContext = {
  readonly client: FeedClient;
  readonly directory: string;
  readonly workspace: Workspace;
  /** ISO 8601. */
  readonly now: string;
  readonly coverageFor: CoverageFor;
  readonly signal?: AbortSignal | undefined;
  readonly report: (source: string, step: UpdateProgress['step'], detail?: string) => void;
};

/** A source as the database has it, its files known to be there. */
export type PreviousSource = { readonly source: SourceState; readonly shards: readonly ShardState[] };

/** A source as it is after its update, and what that changed. */
export type SourceUpdate = {
  readonly source: SourceState;
  readonly shards: readonly ShardState[];
  readonly touched: readonly string[];
  readonly packages: readonly ChangedPackages[];
  readonly counts: RecordCounts;
};

export const NO_COUNTS: RecordCounts = { added: 0, changed: 0, removed: 0 };

/** The source compared with its feed and found the same. */
export function unchanged(previous: PreviousSource, now: string, etag?: string): SourceUpdate {
  return {
    source: { ...previous.source, checkedAt: now, ...(etag !== undefined && { etag }) },
    shards: previous.shards,
    touched: [],
    packages: [],
    counts: NO_COUNTS,
  };
}
