import { z } from 'zod';

export const SEVERITY_LEVELS = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'] as const;
export type SeverityLevel = (typeof SEVERITY_LEVELS)[number];

const scoreSchema = z.strictObject({
  source: z.string(),
  level: z.enum(SEVERITY_LEVELS),
  /** CVSS base score, 0 to 10. */
  score: z.number().optional(),
  vector: z.string().optional(),
});

/** Something an advisory says of an installed package. One finding per vulnerability (alias group) and package. */
export const findingSchema = z.strictObject({
  /** CVE when there is one, else GHSA, else the vendor's id. */
  id: z.string(),
  /** `malware` for `MAL-` records: never counted as a vulnerability. */
  class: z.enum(['vulnerability', 'malware']),
  aliases: z.array(z.string()),
  title: z.string().optional(),
  /** purl of the package in `packages`. */
  package: z.string(),
  packageName: z.string(),
  installedVersion: z.string(),
  /**
   * Every version that mends it, in ascending order of the ecosystem. Feeds keyed by source packages (Debian, Ubuntu,
   * Alpine, Rocky Linux, Azure Linux) give the version of the source, which a binary package may spell otherwise.
   */
  fixedVersions: z.array(z.string()),
  /** The smallest fixed version above the installed one. */
  minimalFix: z.string().optional(),
  /** `fixed`: a version without it exists and can be installed; `affected`: none is known. */
  status: z.enum([
    'affected',
    'fixed',
    'will_not_fix',
    'fix_deferred',
    'end_of_life',
    'under_investigation',
    'fixed_with_subscription',
  ]),
  severity: z.strictObject({ ...scoreSchema.shape, all: z.array(scoreSchema) }),
  epss: z.strictObject({ score: z.number(), percentile: z.number(), date: z.string() }).optional(),
  kev: z
    .strictObject({ dateAdded: z.string(), dueDate: z.string().optional(), ransomware: z.boolean() })
    .optional(),
  cwes: z.array(z.string()),
  published: z.string().optional(),
  /** Layer index that brought the package. */
  layer: z.int(),
  /** Set when another fact silences the finding (an OS package's advisory feed vouches for the file): the reason. */
  suppressedBy: z.string().optional(),
  /** Records that say so, with their source. */
  advisories: z.array(z.strictObject({ id: z.string(), source: z.string(), url: z.string().optional() })),
});
export type Finding = z.infer<typeof findingSchema>;
