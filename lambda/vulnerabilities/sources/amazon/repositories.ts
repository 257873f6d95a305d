import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { KiB, MiB } from '../../../shared/units.ts';
import { AdvisoryError } from '../../errors.ts';
import type { FeedClient } from '../../feed/client.ts';
import { below, mirrorBase } from '../../feed/location.ts';

/**
 * Serves Amazon Linux 2 and 2023. Amazon Linux 1 (support ended 2023-12-31) is published over plain http alone and is
 * read only from a mirror of one's own.
 */
export const DEFAULT_AMAZON_MIRROR = 'https://cdn.amazonlinux.com/';

export const AMAZON_RELEASES = ['1', '2', '2023'] as const;
export type AmazonRelease = (typeof AMAZON_RELEASES)[number];

/** A repository, and the two places it may be: as a folder of a mirror, or behind Amazon's `mirror.list`. */
export type AmazonRepository = {
  readonly release: AmazonRelease;
  /** `core`, `updates`, `kernel-livepatch`, or the topic of Amazon Linux 2's extras. */
  readonly name: string;
  readonly folder: readonly string[];
  readonly mirrorList?: readonly string[];
};

const MAX_LIST_BYTES = 64 * KiB;
const MAX_CATALOG_BYTES = 4 * MiB;
const TOPIC = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,60}$/;

/** Advisories of every architecture are in the metadata of each. */
const ARCH = 'x86_64';
const CATALOG = ['2', `extras-catalog-${ARCH}.json`];

const catalogSchema = z.object({ topics: z.array(z.object({ n: z.string() })) });

/** The repositories of a release that carry advisories; the extras topics are looked up in the mirror. */
export async function listRepositories(
  client: FeedClient,
  base: URL,
  release: AmazonRelease,
): Promise<readonly AmazonRepository[]> {
  if (release === '1') return [{ release, name: 'updates', folder: ['1', 'updates'] }];
  if (release === '2023') return ['core', 'kernel-livepatch'].map(al2023);
  const core: AmazonRepository = {
    release,
    name: 'core',
    folder: ['2', 'core'],
    mirrorList: ['2', 'core', 'latest', ARCH, 'mirror.list'],
  };
  return [core, ...(await listTopics(client, base)).map(extras)];
}

function al2023(name: string): AmazonRepository {
  const mirrorList = ['al2023', name, 'mirrors', 'latest', ARCH, 'mirror.list'];
  return { release: '2023', name, folder: ['2023', name], mirrorList };
}

function extras(name: string): AmazonRepository {
  const folder = ['2', 'extras', name];
  return { release: '2', name, folder, mirrorList: [...folder, 'latest', ARCH, 'mirror.list'] };
}

/** A mirror on disk is listed; elsewhere the catalog names the topics. None when the mirror has neither. */
async function listTopics(client: FeedClient, base: URL): Promise<readonly string[]> {
  const names =
    base.protocol === 'file:'
      ? await listFolder(below(base, '2', 'extras'))
      : await readCatalog(client, base);
  return names.filter((name) => TOPIC.test(name)).sort();
}

async function listFolder(url: URL): Promise<readonly string[]> {
  return await readdir(fileURLToPath(url)).catch(() => []);
}

async function readCatalog(client: FeedClient, base: URL): Promise<readonly string[]> {
  const feed = await orMissing(client.read(below(base, ...CATALOG), { maxBytes: MAX_CATALOG_BYTES }));
  if (feed === undefined) return [];
  try {
    return catalogSchema.parse(JSON.parse(feed.bytes.toString('utf8'))).topics.map((topic) => topic.n);
  } catch (error) {
    throw new AdvisoryError('feed-malformed', 'the catalog of extras cannot be read', { cause: error });
  }
}

/** Where a repository's files are; undefined when the mirror does not have it. */
export async function locateRepository(
  client: FeedClient,
  base: URL,
  repository: AmazonRepository,
): Promise<{ readonly root: URL; readonly repomd: Buffer } | undefined> {
  const folder = new URL(`${below(base, ...repository.folder).href}/`);
  const direct = await readRepomd(client, folder);
  if (direct !== undefined || repository.mirrorList === undefined) return direct;
  const list = await orMissing(
    client.read(below(base, ...repository.mirrorList), { maxBytes: MAX_LIST_BYTES }),
  );
  const first = list?.bytes.toString('utf8').split('\n')[0]?.trim();
  return first === undefined || first === '' ? undefined : await readRepomd(client, mirrorBase(first));
}

async function readRepomd(
  client: FeedClient,
  root: URL,
): Promise<{ readonly root: URL; readonly repomd: Buffer } | undefined> {
  const feed = await orMissing(client.read(below(root, 'repodata', 'repomd.xml'), { maxBytes: MiB }));
  return feed === undefined ? undefined : { root, repomd: feed.bytes };
}

async function orMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof AdvisoryError && error.code === 'feed-not-found') return undefined;
    throw error;
  }
}
