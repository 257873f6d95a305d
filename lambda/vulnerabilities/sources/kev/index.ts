import { z } from 'zod';
import { AdvisoryError } from '../../errors.ts';

/** https://www.cisa.gov/known-exploited-vulnerabilities-catalog */
export const DEFAULT_KEV_URL =
  'https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json';

export type KevEntry = {
  readonly cve: string;
  /** Days: `2026-08-07`. */
  readonly dateAdded: string;
  readonly dueDate?: string;
  /** Known to be used in ransomware campaigns. */
  readonly ransomware: boolean;
};
export type KevFeed = {
  /** When the catalog was released, as it writes it. */
  readonly date: string;
  readonly entries: readonly KevEntry[];
  readonly badEntries: number;
};

const day = z.string().regex(/^\d{4}-\d\d-\d\d$/);
const entrySchema = z.object({
  cveID: z.string().regex(/^CVE-\d{4}-\d{4,9}$/),
  dateAdded: day,
  dueDate: day.optional().catch(undefined),
  knownRansomwareCampaignUse: z.string().optional().catch(undefined),
});
const catalogSchema = z.object({ dateReleased: z.string(), vulnerabilities: z.array(z.unknown()) });

/** The entries of the catalog. Fails with `feed-malformed` when it is not one; a bad entry is counted and left out. */
export function parseKev(text: string): KevFeed {
  const catalog = parseCatalog(text);
  const entries = catalog.vulnerabilities.flatMap((item): KevEntry[] => {
    const parsed = entrySchema.safeParse(item);
    if (!parsed.success) return [];
    const { cveID, dateAdded, dueDate, knownRansomwareCampaignUse } = parsed.data;
    const ransomware = knownRansomwareCampaignUse === 'Known';
    return [{ cve: cveID, dateAdded, ...(dueDate !== undefined && { dueDate }), ransomware }];
  });
  if (entries.length === 0) throw new AdvisoryError('feed-malformed', 'the KEV catalog has no entries');
  return { date: catalog.dateReleased, entries, badEntries: catalog.vulnerabilities.length - entries.length };
}

function parseCatalog(text: string): z.infer<typeof catalogSchema> {
  try {
    return catalogSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new AdvisoryError('feed-malformed', 'the KEV catalog cannot be read', { cause: error });
  }
}
