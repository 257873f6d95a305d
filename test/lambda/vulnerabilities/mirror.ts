import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { ZipFile } from 'yazl';

export type TestRecord = {
  readonly id: string;
  readonly modified: string;
  readonly [field: string]: unknown;
};

/** A zip of files with this content. */
export async function zipOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) {
    zip.addBuffer(Buffer.from(content), name, { mtime: new Date(0) });
  }
  zip.end();
  return await buffer(zip.outputStream);
}

/** Writes an OSV mirror of these ecosystems; `singles` also as one file a record. Gives its `file:` address. */
export async function writeMirror(
  directory: string,
  ecosystems: Readonly<Record<string, readonly TestRecord[]>>,
  singles = true,
): Promise<string> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'ecosystems.txt'), `${Object.keys(ecosystems).join('\n')}\n`);
  for (const [name, records] of Object.entries(ecosystems)) {
    const folder = join(directory, name);
    await mkdir(folder, { recursive: true });
    const files = Object.fromEntries(records.map((record) => [`${record.id}.json`, JSON.stringify(record)]));
    await writeFile(join(folder, 'all.zip'), await zipOf(files));
    const index = records.map(({ modified, id }) => `${modified},${id}`).toReversed();
    await writeFile(join(folder, 'modified_id.csv'), `${index.join('\n')}\n`);
    for (const [file, content] of Object.entries(singles ? files : {}))
      await writeFile(join(folder, file), content);
  }
  return pathToFileURL(`${directory}/`).href;
}

/** Says how to answer a path otherwise than with its file; undefined: with the file. */
export type Fault = (path: string, response: ServerResponse, file: Buffer) => boolean;

export type MirrorServer = {
  readonly url: string;
  /** Paths asked for, in order, with the status they got. */
  readonly requests: string[];
  fault: Fault | undefined;
  close(): Promise<void>;
};

/** Serves a folder over HTTP on the loopback interface, with entity tags. */
export async function serveFolder(directory: string): Promise<MirrorServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    void answer(directory, request, response, mirror);
  });
  const mirror: MirrorServer = {
    url: await listen(server),
    requests,
    fault: undefined,
    close: () => stop(server),
  };
  return mirror;
}

async function answer(
  directory: string,
  request: IncomingMessage,
  response: ServerResponse,
  mirror: MirrorServer,
): Promise<void> {
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
  const file = await readFile(join(directory, path)).catch(() => undefined);
  response.on('close', () => mirror.requests.push(`${response.statusCode} ${path}`));
  if (mirror.fault?.(path, response, file ?? Buffer.alloc(0)) === true) return;
  if (file === undefined) return void response.writeHead(404).end();
  const etag = `"${createHash('sha256').update(file).digest('hex')}"`;
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end();
  response.writeHead(200, { etag, 'content-length': file.length }).end(file);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
