import { z } from 'zod';

/** One thing that Test connection looked at. */
export const checkSchema = z.strictObject({
  /** Stable: `assume-role`, `wrong-external-id-refused`, `list-repositories`. */
  id: z.string(),
  /** What it was tried on, when there are several: a region, a login server. */
  on: z.string().optional(),
  outcome: z.enum(['passed', 'warning', 'failed', 'skipped']),
  /** A sentence: what was found. */
  detail: z.string(),
  /** A sentence with what to do, for any outcome but `passed`. */
  remedy: z.string().optional(),
});
export type Check = z.infer<typeof checkSchema>;
