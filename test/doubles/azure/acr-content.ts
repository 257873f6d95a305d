import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PushTarget } from '../../../scripts/demo/image-files.ts';
import { registryContent, sendBytes, sendError } from '../../../scripts/demo/registry.ts';

/** What a container registry holds. */
export interface AcrContent {
  /** Sorted. */
  repositories(): Promise<readonly string[]>;
  /** Tag to digest; undefined when there is no such repository. */
  tags(repository: string): Promise<ReadonlyMap<string, string> | undefined>;
  blob(repository: string, digest: string): Promise<Buffer | undefined>;
  /** Answers what is asked for below `/v2/`, but no blobs. */
  handle(request: IncomingMessage, response: ServerResponse): void;
}

/** Content in memory, empty at first. */
export function memoryContent(): AcrContent & PushTarget {
  const content = registryContent();
  const repositories = new Map<string, Map<string, string>>();
  return {
    repositories: async () => [...repositories.keys()].sort(),
    tags: async (repository) => repositories.get(repository),
    blob: async (_repository, digest) => content.blobs.get(digest),
    handle: (request, response) => content.handle(request, response),
    putBlob: (name, bytes) => content.putBlob(name, bytes),
    putManifest: (name, tag, bytes, mediaType) => {
      const digest = content.putManifest(name, tag, bytes, mediaType);
      const tags = repositories.get(name) ?? new Map<string, string>();
      if (tag !== undefined) tags.set(tag, digest);
      repositories.set(name, tags);
      return digest;
    },
  };
}

/** The content of a real registry that asks nobody for a login, such as Debian's `docker-registry` on this machine. Nothing is kept. */
export function upstreamContent(origin: string): AcrContent {
  const json = async <Body>(path: string): Promise<Body | undefined> => {
    const response = await fetch(`${origin}${path}`);
    return response.ok ? ((await response.json()) as Body) : undefined;
  };
  const digestOf = async (repository: string, tag: string): Promise<string> => {
    const response = await fetch(`${origin}/v2/${repository}/manifests/${tag}`, {
      method: 'HEAD',
      headers: ALL,
    });
    return response.headers.get('docker-content-digest') ?? '';
  };
  const forward = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '', headers } = request;
    const answer = await fetch(`${origin}${url}`, { method, headers: { accept: headers.accept ?? '*/*' } });
    for (const name of ['content-type', 'docker-content-digest']) {
      const value = answer.headers.get(name);
      if (value !== null) response.setHeader(name, value);
    }
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (answer.ok) return sendBytes(request, response, bytes);
    response.writeHead(answer.status).end(bytes);
  };
  return {
    repositories: async () =>
      [...((await json<{ repositories: string[] }>('/v2/_catalog?n=1000'))?.repositories ?? [])].sort(),
    tags: async (repository) => {
      const listed = await json<{ tags: string[] | null }>(`/v2/${repository}/tags/list`);
      if (listed === undefined) return undefined;
      const names = (listed.tags ?? []).sort();
      return new Map(
        await Promise.all(names.map(async (tag) => [tag, await digestOf(repository, tag)] as const)),
      );
    },
    blob: async (repository, digest) => {
      const response = await fetch(`${origin}/v2/${repository}/blobs/${digest}`);
      return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
    },
    handle: (request, response) => {
      forward(request, response).catch((error: unknown) =>
        sendError(response, 502, 'UNAVAILABLE', String(error)),
      );
    },
  };
}

const ALL = {
  accept: [
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.docker.distribution.manifest.list.v2+json',
    'application/vnd.docker.distribution.manifest.v2+json',
  ].join(', '),
};
