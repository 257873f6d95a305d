import { createHash } from 'node:crypto';
import { MiB } from '../../../shared/units.ts';
import { AdvisoryError } from '../../errors.ts';
import type { FeedClient } from '../../feed/client.ts';
import { gunzipFeed } from '../../feed/gunzip.ts';
import { below, where } from '../../feed/location.ts';
import type { AdvisoryRecord } from '../../record.ts';
import { parseRepomd, type UpdateInfoFile } from './repomd.ts';
import { type AmazonRelease, listRepositories, locateRepository } from './repositories.ts';
import { parseUpdateInfo } from './updateinfo.ts';

const MAX_UPDATEINFO_BYTES = 128 * MiB;
/** Amazon Linux 2 core is 8 MB inflated. */
const MAX_INFLATED_BYTES = 256 * MiB;

/** A repository found in the mirror. */
export type FoundRepository = {
  readonly release: AmazonRelease;
  readonly name: string;
  readonly root: URL;
  /** Absent: the repository has no advisories. */
  readonly updateInfo?: UpdateInfoFile;
};

/** The repositories of a release that a mirror has; empty when it does not have the release. */
export async function findRepositories(
  client: FeedClient,
  base: URL,
  release: AmazonRelease,
): Promise<readonly FoundRepository[]> {
  const found: FoundRepository[] = [];
  for (const repository of await listRepositories(client, base, release)) {
    const located = await locateRepository(client, base, repository);
    if (located === undefined) continue;
    const updateInfo = parseRepomd(located.repomd.toString('utf8'));
    const { name } = repository;
    found.push({ release, name, root: located.root, ...(updateInfo !== undefined && { updateInfo }) });
  }
  return found;
}

/** The advisories of a repository, checked against the hash in its `repomd.xml`. */
export async function readRepository(
  client: FeedClient,
  repository: FoundRepository,
): Promise<readonly AdvisoryRecord[]> {
  if (repository.updateInfo === undefined) return [];
  const { href, sha256 } = repository.updateInfo;
  const url = below(repository.root, ...href.split('/'));
  const feed = await client.read(url, { maxBytes: MAX_UPDATEINFO_BYTES });
  const bytes = feed?.bytes ?? Buffer.alloc(0);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) {
    throw new AdvisoryError('feed-checksum-mismatch', `${where(url)} is not what repomd.xml says`, {
      retryable: true,
      data: { expected: sha256, found },
    });
  }
  return parseUpdateInfo(gunzipFeed(bytes, href, MAX_INFLATED_BYTES).toString('utf8'), repository);
}
