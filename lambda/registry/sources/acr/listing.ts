import { z } from 'zod';
import { isDigest } from '../../../shared/digest.ts';
import { MiB } from '../../../shared/units.ts';
import { RegistryError } from '../../errors.ts';
import type { RegistryClient } from '../../oci/client.ts';
import { readBody } from '../../oci/exchange.ts';
import type { Http } from '../../oci/http.ts';
import { retrying } from '../../oci/retry.ts';
import type { ListedImage } from '../../registry.ts';

/** Entries asked for at a time, as Azure's own clients do. */
const PAGE_ENTRIES = 100;
/** A page of 100 names is a few KiB; a registry may send longer ones. */
const MAX_PAGE_BYTES = 4 * MiB;
/** A registry can hold more than a million tags; more pages than this are a list that does not end. */
const MAX_PAGES = 100_000;

/** `</acr/v1/_catalog?last=app&n=100&orderby=>; rel="next"`: RFC 8288 */
const NEXT = /<(?<target>[^>]*)>\s*;[^,]*\brel="?next"?/;

export type Listing = {
  readonly client: RegistryClient;
  readonly host: string;
  readonly http: Http;
  readonly signal: AbortSignal;
};

const catalogueSchema = z.object({ repositories: z.array(z.string()).nullable() });

/** Names of all repositories. https://learn.microsoft.com/en-us/rest/api/containerregistry/repository/get-list */
export async function* catalogue(listing: Listing): AsyncGenerator<string> {
  const pages = pagesOf(listing, '/acr/v1/_catalog', 'the list of repositories', catalogueSchema);
  for await (const { repositories } of pages) yield* repositories ?? [];
}

const tagsSchema = z.object({
  tags: z
    .array(
      z.object({
        name: z.string(),
        digest: z.string().refine(isDigest),
        lastUpdateTime: z.string().optional().catch(undefined),
      }),
    )
    .nullish(),
});

/**
 * The tagged images of a repository. The list of tags is read, not that of manifests: it says the digests as well, and
 * what nobody named is not in it. https://learn.microsoft.com/en-us/rest/api/containerregistry/tag/get-list
 */
export async function taggedImages(listing: Listing, repository: string): Promise<ListedImage[]> {
  const images = new Map<string, { tags: string[]; pushedAt: string }>();
  const what = `the tags of ${repository}`;
  for await (const page of pagesOf(listing, `/acr/v1/${repository}/_tags`, what, tagsSchema)) {
    for (const { name, digest, lastUpdateTime = '' } of page.tags ?? []) {
      const image = images.get(digest) ?? { tags: [], pushedAt: '' };
      image.tags.push(name);
      if (lastUpdateTime > image.pushedAt) image.pushedAt = lastUpdateTime;
      images.set(digest, image);
    }
  }
  return Array.from(images, ([digest, { tags, pushedAt }]) => ({
    digest,
    tags: tags.sort(),
    ...(pushedAt === '' ? {} : { pushedAt }),
  }));
}

async function* pagesOf<Page>(
  { client, host, http, signal }: Listing,
  path: string,
  what: string,
  schema: z.ZodType<Page>,
): AsyncGenerator<Page> {
  const wanted = { kind: 'list', name: what } as const;
  const seen = new Set<string>();
  let next: string | undefined = `${path}?n=${PAGE_ENTRIES}`;
  while (next !== undefined) {
    const current: string = next;
    seen.add(current);
    const { page, link } = await retrying(
      async () => {
        const answer = await client.get(current, { accept: 'application/json' }, wanted, signal);
        const body = parseJson(await readBody(answer, MAX_PAGE_BYTES));
        return { page: schema.safeParse(body), link: answer.headers.get('link') };
      },
      http,
      signal,
    );
    if (!page.success)
      throw new RegistryError('registry-error', `${host} answers with something else than ${what}`);
    yield page.data;
    next = nextPath(link, path, host);
    if (next !== undefined && (seen.has(next) || seen.size >= MAX_PAGES)) {
      throw new RegistryError('registry-error', `${host} never ends ${what}`);
    }
  }
}

/** The path of the next page. It must be one of the same list at the same host: the login is for these alone. */
function nextPath(link: string | null, path: string, host: string): string | undefined {
  const target = NEXT.exec(link ?? '')?.groups?.['target'];
  if (target === undefined) return undefined;
  const base = new URL(path, `https://${host}`);
  const url = URL.parse(target, base.href);
  if (url === null || url.host !== base.host || url.pathname.replaceAll(/%2f/gi, '/') !== path) {
    throw new RegistryError('registry-error', `${host} continues a list elsewhere`);
  }
  return `${path}${url.search}`;
}

function parseJson(body: Buffer | undefined): unknown {
  try {
    return JSON.parse(body?.toString('utf8') ?? '');
  } catch {
    return undefined;
  }
}
