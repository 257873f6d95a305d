import { z } from 'zod';
import { MESSAGE_VERSION } from '../../shared/environment.ts';
import { HOUR_MS } from '../../shared/units.ts';
import type { ObjectStore, StateStore } from '../../store/index.ts';
import { type Manifest, type UpdateSummary, updateDatabase } from '../../vulnerabilities/index.ts';
import { publishAdvisories, restoreAdvisories } from '../advisories/publish.ts';
import { objectKey } from '../advisories/stored-files.ts';
import { concerns } from './fingerprint.ts';
import type { Outbox, RematchMessage } from './messages.ts';
import { allRecords, LIST_PARTITIONS, listedImageSchema } from './records.ts';

export type RefreshOptions = {
  readonly state: StateStore;
  readonly objects: ObjectStore;
  /** Where the database is built; what is left of an earlier call there saves fetching it. */
  readonly folder: string;
  /** Base addresses of the sources; those that are absent are left as they are. */
  readonly mirror?: string;
  readonly amazonMirror?: string;
  readonly epssUrl?: string;
  readonly kevUrl?: string;
  readonly rematches: Outbox<RematchMessage>;
  readonly now: () => Date;
};

export type Refreshed = {
  readonly update: UpdateSummary;
  /** Images that are to be matched again. */
  readonly images: number;
  /** Hours since the source that was compared with its feed the longest ago; undefined while nothing is published. */
  readonly oldestHours: number | undefined;
};

/** Images of one message: some seconds of work. */
const IMAGES_A_MESSAGE = 25;

/**
 * Brings the advisories up to date, publishes them, and asks for new matches of the images that hold a package whose advisories
 * changed; of all images with findings when the facts of exploitation did. Sources that fail keep their old state and are in
 * the summary. What is still to be asked is kept with the database until it was, whenever this stops.
 */
export async function refreshAdvisories(options: RefreshOptions): Promise<Refreshed> {
  const { objects, folder, now, mirror, amazonMirror, epssUrl, kevUrl } = options;
  const before = await restoreAdvisories(objects, folder);
  const update = await updateDatabase({
    directory: folder,
    mirror,
    amazonMirror,
    epssUrl,
    kevUrl,
    clock: now,
  });
  const change = await rememberChange(objects, update);
  const manifest = await publishAdvisories(objects, folder, before, now().getTime());
  const images = await requestRematches(change, options);
  await objects.delete(PENDING_KEY);
  return { update, images, oldestHours: oldestHours(manifest, update, now()) };
}

const EXPLOITATION: ReadonlySet<string> = new Set(['epss', 'kev']);
const PENDING_KEY = objectKey('pending.json');
const changeSchema = z.strictObject({
  packages: z.array(
    z.strictObject({ ecosystem: z.string(), names: z.union([z.literal('all'), z.array(z.string())]) }),
  ),
  /** Facts that every finding may have. */
  exploitation: z.boolean(),
});
type Change = z.infer<typeof changeSchema>;

/** What is new, with what an earlier call did not come to ask for; kept until images were asked for. */
async function rememberChange(objects: ObjectStore, { updated }: UpdateSummary): Promise<Change> {
  const stored = await objects.get(PENDING_KEY);
  const pending =
    stored === undefined ? undefined : changeSchema.parse(JSON.parse(stored.bytes.toString('utf8')));
  const change: Change = {
    packages: [
      ...(pending?.packages ?? []),
      ...updated
        .flatMap(({ packages }) => packages)
        .map(({ ecosystem, names }) => ({
          ecosystem,
          names: names === 'all' ? names : [...names],
        })),
    ],
    exploitation: pending?.exploitation === true || updated.some(({ source }) => EXPLOITATION.has(source)),
  };
  await objects.put(PENDING_KEY, Buffer.from(JSON.stringify(change)));
  return change;
}

async function requestRematches(
  { packages, exploitation }: Change,
  { state, rematches }: RefreshOptions,
): Promise<number> {
  const isConcerned = concerns(packages);
  if (packages.length === 0 && !exploitation) return 0;
  let images = 0;
  let digests: string[] = [];
  const send = async (): Promise<void> => {
    if (digests.length === 0) return;
    await rematches.send([{ version: MESSAGE_VERSION, kind: 'rematch', digests }]);
    images += digests.length;
    digests = [];
  };
  for (const partition of LIST_PARTITIONS) {
    for await (const { sort, value } of allRecords(state, partition)) {
      const parsed = listedImageSchema.safeParse(value);
      // One of another form may have asked anything.
      const isDue =
        !parsed.success ||
        (exploitation && parsed.data.hasFindings) ||
        isConcerned(Buffer.from(parsed.data.fingerprint, 'base64'));
      if (isDue) digests.push(sort);
      if (digests.length >= IMAGES_A_MESSAGE) await send();
    }
  }
  await send();
  return images;
}

/**
 * Of the sources that were asked for: one that no list names any more has no younger state to come. `osv` stands for all of
 * `osv:…` when their list cannot be had.
 */
function oldestHours(
  manifest: Manifest | undefined,
  { updated, unchanged, failures }: UpdateSummary,
  now: Date,
): number | undefined {
  const asked = new Set([
    ...updated.map(({ source }) => source),
    ...unchanged,
    ...failures.map(({ source }) => source),
  ]);
  const sources = (manifest?.sources ?? []).filter(
    ({ id }) => asked.has(id) || asked.has(id.split(':', 1)[0] as string),
  );
  const ages = sources.map(({ checkedAt }) => now.getTime() - Date.parse(checkedAt));
  return ages.length === 0 ? undefined : Math.max(...ages) / HOUR_MS;
}
