import { z } from 'zod';

/**
 * What could be seen of one subject. `complete` entries name what was read or matched; any other outcome carries a
 * `reason` (a stable code) and a sentence in `detail`. A report with an outcome other than `complete` is never "clean".
 */
export const coverageSchema = z.strictObject({
  subject: z.enum(['image', 'platform', 'layer', 'file', 'os', 'ecosystem', 'feed']),
  /** Which one: a layer digest, a path, an ecosystem or feed name. */
  name: z.string(),
  outcome: z.enum(['complete', 'partial', 'none']),
  reason: z.string().optional(),
  detail: z.string().optional(),
});
export type Coverage = z.infer<typeof coverageSchema>;

/** A file or layer that was read only in part. Parsers return these; they never throw on what an image holds. */
export type Problem = {
  /** Stable code such as `malformed`, `truncated`, `too-large`, `limit-entries`. */
  readonly code: string;
  readonly detail: string;
  /** Path inside the image, without a leading slash; absent when the whole layer is meant. */
  readonly path?: string;
};

/** What could not be listed of a connected registry. Kept with the integration: what it hides was not scanned. */
export const gapSchema = z.strictObject({
  subject: z.enum(['registry', 'region', 'repository', 'image']),
  /** Host, region, repository, `repository@digest`. */
  name: z.string(),
  /** A stable code. */
  reason: z.string(),
  /** A sentence with what to do. */
  detail: z.string(),
});
export type Gap = z.infer<typeof gapSchema>;
