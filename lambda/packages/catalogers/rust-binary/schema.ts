import { z } from 'zod';

/**
 * What cargo-auditable embeds, the fields used.
 * https://github.com/rust-secure-code/cargo-auditable/blob/061c5dea6e0985ba51a67989d2947c9fb12a32cc/cargo-auditable.schema.json
 */
export const auditDataSchema = z.object({
  packages: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      /** `crates.io`, `git`, `local`, `registry`; others may come. */
      source: z.string(),
      /** Absent for `runtime`; a package needed both to build and to run is `runtime`. */
      kind: z.string().optional(),
    }),
  ),
});
export type AuditData = z.infer<typeof auditDataSchema>;
