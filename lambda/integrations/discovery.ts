import { z } from 'zod';
import { gapSchema } from '../shared/coverage.ts';
import type { StateStore } from '../store/index.ts';

/** The last look at an integration's repositories. */
export const discoverySchema = z.strictObject({
  startedAt: z.string(),
  /** Absent while it goes on. */
  finishedAt: z.string().optional(),
  repositories: z.int(),
  images: z.int(),
  /** Scans asked for. */
  requested: z.int(),
  /** What could not be listed. */
  gaps: z.array(gapSchema),
  /** Gaps that are not in the list because there are so many. */
  moreGaps: z.int(),
  /** Those among all gaps that are repositories which the role may not read. */
  refused: z.int(),
});
export type Discovery = z.infer<typeof discoverySchema>;

const SORT = 'discovery';

/** The partition of what is kept of one integration beside itself. */
export function integrationPartition(id: string): string {
  return `integration#${id}`;
}

/** Keeps a look in place of the one before. */
export async function keepDiscovery(state: StateStore, id: string, discovery: Discovery): Promise<void> {
  await state.put(integrationPartition(id), SORT, discovery);
}

/** The last look; undefined when there was none, or one in a form of another version, which the next one replaces. */
export async function lastDiscovery(state: StateStore, id: string): Promise<Discovery | undefined> {
  const record = await state.get(integrationPartition(id), SORT);
  return discoverySchema.safeParse(record?.value).data;
}
