import { z } from 'zod';

/** The distribution of an image's final view. */
export const distroSchema = z.strictObject({
  /** os-release `ID`, or the id Backline gives where files share one: `centos-stream`, `distroless` stays `debian`. */
  id: z.string(),
  /** os-release `VERSION_ID` or what stands for it: `12`, `3.19.1`, `2023`; empty for rolling distributions. */
  version: z.string(),
  codename: z.string().optional(),
  /** For people: `Debian GNU/Linux 12 (bookworm)`. */
  prettyName: z.string(),
  /** os-release `CPE_NAME` when given. */
  cpe: z.string().optional(),
  idLike: z.array(z.string()),
  /** Red Hat: content sets and repositories the layers were built from; Alpine: repository streams (`v3.19`, `edge`). */
  repositories: z.array(z.string()),
  /** Ubuntu Pro attached. */
  pro: z.boolean().optional(),
});
export type Distro = z.infer<typeof distroSchema>;
