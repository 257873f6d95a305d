import { GiB, KiB, MiB } from '../../../shared/units.ts';
import { AdvisoryError } from '../../errors.ts';
import type { FeedClient } from '../../feed/client.ts';
import { below } from '../../feed/location.ts';
import { parseRecordIndex } from './record-index.ts';

/** https://google.github.io/osv.dev/data/#data-dumps */
export const DEFAULT_OSV_MIRROR = 'https://osv-vulnerabilities.storage.googleapis.com/';

const MAX_LIST_BYTES = 256 * KiB;
const MAX_INDEX_BYTES = 256 * MiB;
const MAX_RECORD_BYTES = 32 * MiB;
const MAX_ARCHIVE_BYTES = 4 * GiB;

const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._+-]{0,60}$/;

/** Ecosystems of OSV that no container image holds packages of, as packages are found here. */
const NOT_IN_IMAGES: ReadonlySet<string> = new Set([
  'Android',
  'DWF',
  'GIT',
  'GSD',
  'GitHub Actions',
  'Linux',
  'OSS-Fuzz',
  'UVI',
  'VSCode',
]);

/**
 * The ecosystems a mirror has: the lines of `ecosystems.txt` without those of releases (`Alpine:v3.17`, no longer
 * exported), of withdrawn leftovers (`[EMPTY]`) and those that are never in an image.
 */
export async function listEcosystems(client: FeedClient, base: URL): Promise<readonly string[]> {
  const list = await client.read(below(base, 'ecosystems.txt'), { maxBytes: MAX_LIST_BYTES });
  const lines = (list?.bytes.toString('utf8') ?? '').split('\n').map((line) => line.trim());
  const names = lines.filter((name) => NAME.test(name) && !NOT_IN_IMAGES.has(name));
  if (names.length === 0)
    throw new AdvisoryError('feed-malformed', 'ecosystems.txt of the mirror names no ecosystem');
  return [...new Set(names)];
}

export type FetchedIndex = { readonly records: ReadonlyMap<string, string>; readonly etag?: string };

/** `modified_id.csv` of an ecosystem; undefined when it is still the one with this `etag`. */
export async function fetchRecordIndex(
  client: FeedClient,
  base: URL,
  ecosystem: string,
  etag: string | undefined,
): Promise<FetchedIndex | undefined> {
  const feed = await client.read(below(base, ecosystem, 'modified_id.csv'), {
    maxBytes: MAX_INDEX_BYTES,
    etag,
  });
  if (feed === undefined) return undefined;
  const records = parseRecordIndex(feed.bytes.toString('utf8'));
  return { records, ...(feed.etag !== undefined && { etag: feed.etag }) };
}

/** The bytes of one record: `<ecosystem>/<id>.json`. Fails with `feed-not-found` on mirrors that hold only archives. */
export async function fetchRecord(
  client: FeedClient,
  base: URL,
  ecosystem: string,
  id: string,
): Promise<Buffer> {
  const feed = await client.read(below(base, ecosystem, `${id}.json`), { maxBytes: MAX_RECORD_BYTES });
  return feed?.bytes ?? Buffer.alloc(0);
}

/** A local path of the ecosystem's `all.zip`: `path` after a download, the mirror's own file when it is on disk. */
export async function fetchArchive(
  client: FeedClient,
  base: URL,
  ecosystem: string,
  path: string,
): Promise<string> {
  return await client.toFile(below(base, ecosystem, 'all.zip'), { maxBytes: MAX_ARCHIVE_BYTES, path });
}
