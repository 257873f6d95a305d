import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createFeedClient } from '../../../../lambda/vulnerabilities/feed/client.ts';
import { codeOf } from '../../../support/code-of.ts';
import { type MirrorServer, serveFolder } from '../mirror.ts';

describe('vulnerabilities/feed/client', () => {
  let folder: string;
  let server: MirrorServer;
  const client = createFeedClient({ retryDelayMs: 1 });
  const maxBytes = 1000;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'feed-'));
    await writeFile(join(folder, 'feed.txt'), 'fifteen letters');
    server = await serveFolder(folder);
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  const address = (name: string): URL => new URL(name, server.url);

  it('reads a file over HTTP and counts its bytes', async () => {
    const own = createFeedClient();

    const feed = await own.read(address('feed.txt'), { maxBytes });

    expect(feed?.bytes.toString()).toBe('fifteen letters');
    expect(own.bytesDownloaded()).toBe(15);
  });

  it('reads a file of this machine without counting it as downloaded', async () => {
    const own = createFeedClient();

    const feed = await own.read(pathToFileURL(join(folder, 'feed.txt')), { maxBytes });

    expect(feed?.bytes.toString()).toBe('fifteen letters');
    expect(own.bytesDownloaded()).toBe(0);
  });

  it('gives nothing when the server has still the same', async () => {
    const first = await client.read(address('feed.txt'), { maxBytes });

    expect(await client.read(address('feed.txt'), { maxBytes, etag: first?.etag })).toBeUndefined();
    expect(server.requests).toEqual(['200 /feed.txt', '304 /feed.txt']);
  });

  it('downloads to a path, and leaves a local file where it is', async () => {
    const path = join(folder, 'copy');
    const local = join(folder, 'feed.txt');

    expect(await client.toFile(address('feed.txt'), { maxBytes, path })).toBe(path);
    expect(await readFile(path, 'utf8')).toBe('fifteen letters');
    expect(await client.toFile(pathToFileURL(local), { maxBytes, path: join(folder, 'unused') })).toBe(local);
  });

  it.each([404, 403, 410])('fails with feed-not-found on %i, at once', async (status) => {
    server.fault = (_path, response) => Boolean(response.writeHead(status).end());

    expect(await codeOf(() => client.read(address('feed.txt'), { maxBytes }))).toBe('feed-not-found');
    expect(server.requests).toHaveLength(1);
  });

  it.each([500, 503, 429])('tries again after %i', async (status) => {
    let failures = 2;
    server.fault = (_path, response) => failures-- > 0 && Boolean(response.writeHead(status).end());

    const feed = await client.read(address('feed.txt'), { maxBytes });

    expect(feed?.bytes.toString()).toBe('fifteen letters');
    expect(server.requests).toHaveLength(3);
  });

  it('fails with feed-unreachable when a server goes on failing', async () => {
    server.fault = (_path, response) => Boolean(response.writeHead(500).end());

    expect(await codeOf(() => client.read(address('feed.txt'), { maxBytes }))).toBe('feed-unreachable');
    expect(server.requests).toHaveLength(3);
  });

  it('fails when the connection breaks in the middle', async () => {
    server.fault = (_path, response, file) => {
      response.writeHead(200, { 'content-length': file.length });
      response.write(file.subarray(0, 5), () => response.destroy());
      return true;
    };

    expect(await codeOf(() => client.read(address('feed.txt'), { maxBytes }))).toMatch(
      /^feed-(?:unreachable|truncated)$/,
    );
  });

  it('fails when no server answers', async () => {
    const gone = address('feed.txt');
    await server.close();

    expect(await codeOf(() => client.read(gone, { maxBytes }))).toBe('feed-unreachable');
    server = await serveFolder(folder);
  });

  it.each([
    ['a server', (): URL => address('feed.txt')],
    ['a file', (): URL => pathToFileURL(join(folder, 'feed.txt'))],
  ])('fails when %s gives more than the limit', async (_case, where) => {
    expect(await codeOf(() => client.read(where(), { maxBytes: 14 }))).toBe('feed-too-large');
    const path = join(folder, 'copy');
    expect(await codeOf(() => client.toFile(where(), { maxBytes: 14, path }))).toBe('feed-too-large');
  });

  it('fails on a local file that is missing or a folder', async () => {
    for (const name of ['missing', '.']) {
      const url = pathToFileURL(join(folder, name));
      expect(await codeOf(() => client.read(url, { maxBytes }))).toBe('feed-not-found');
    }
  });

  it('rejects a redirect to an address that is not secure', async () => {
    const insecure: typeof fetch = () =>
      Promise.resolve(
        Object.defineProperty(new Response('x'), 'url', { value: 'http://mirror.example.com/x' }),
      );
    const own = createFeedClient({ fetch: insecure });

    expect(await codeOf(() => own.read(new URL('https://mirror.example.com/x'), { maxBytes }))).toBe(
      'mirror-invalid',
    );
  });

  it('fails when fewer bytes come than were announced', async () => {
    const short: typeof fetch = () =>
      Promise.resolve(new Response('short', { headers: { 'content-length': '10' } }));
    const own = createFeedClient({ fetch: short, retryDelayMs: 1 });

    expect(await codeOf(() => own.read(new URL('https://mirror.example.com/x'), { maxBytes }))).toBe(
      'feed-truncated',
    );
  });

  it('stops when told to', async () => {
    const controller = new AbortController();
    server.fault = () => {
      controller.abort(new Error('enough'));
      return true;
    };
    const own = createFeedClient({ signal: controller.signal });

    await expect(own.read(address('feed.txt'), { maxBytes })).rejects.toThrow('enough');
  });
});
