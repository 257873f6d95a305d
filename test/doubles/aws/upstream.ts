import { sha256Digest } from '../../../lambda/shared/digest.ts';
import type { EcrContent, StoredImage, StoredRepository } from './content.ts';

const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/**
 * The content of a real registry that asks nobody for a login, such as Debian's `docker-registry` on this machine, as if it
 * were ECR's in one region. Nothing is kept: what is pushed there is served at once. Manifests below an index are found through it.
 */
export function upstreamContent(origin: string, region: string, now: () => number): EcrContent {
  const json = async <Body>(path: string): Promise<Body> => {
    const response = await fetch(`${origin}${path}`);
    return response.ok ? ((await response.json()) as Body) : ({} as Body);
  };
  const manifest = async (name: string, reference: string): Promise<StoredImage | undefined> => {
    const response = await fetch(`${origin}/v2/${name}/manifests/${reference}`, {
      headers: { accept: ACCEPT },
    });
    if (!response.ok) return undefined;
    const bytes = Buffer.from(await response.arrayBuffer());
    const mediaType = response.headers.get('content-type') ?? '';
    const digest = sha256Digest(bytes);
    return { digest, mediaType, bytes, tags: [], pushedAt: new Date(now()), status: 'ACTIVE' };
  };
  return {
    repositories: async (asked) => {
      if (asked !== region) return [];
      const { repositories = [] } = await json<{ repositories?: string[] }>('/v2/_catalog?n=1000');
      return repositories.map((name): StoredRepository => ({ region, name, tags: {} }));
    },
    images: async (asked, name) => {
      if (asked !== region) return [];
      const { tags } = await json<{ tags?: string[] | null }>(`/v2/${name}/tags/list`);
      const images = new Map<string, StoredImage>();
      for (const tag of tags ?? []) {
        const image = await manifest(name, tag);
        if (image === undefined) continue;
        const before = images.get(image.digest)?.tags ?? [];
        images.set(image.digest, { ...image, tags: [...before, tag] });
        for (const digest of childrenOf(image)) {
          const child = images.has(digest) ? undefined : await manifest(name, digest);
          if (child !== undefined) images.set(digest, child);
        }
      }
      return [...images.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
    },
    blob: async (name, digest) => {
      const response = await fetch(`${origin}/v2/${name}/blobs/${digest}`);
      return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
    },
  };
}

function childrenOf({ bytes }: StoredImage): readonly string[] {
  const { manifests } = JSON.parse(bytes.toString()) as {
    manifests?: readonly { readonly digest: string }[];
  };
  return (manifests ?? []).map(({ digest }) => digest);
}
