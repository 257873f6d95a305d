import { createReadStream, rmSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  layOutMirror,
  readSnapshot,
  SNAPSHOT_FILES,
  SNAPSHOT_FOLDER,
} from '../../../scripts/demo/snapshot-mirror.ts';
import type { SnapshotRecord } from '../../../scripts/demo/snapshot-record.ts';

/** Mirrors of all advisories on this machine, as options of the hub name them. */
export interface AdvisoryMirrors {
  readonly osvMirror: string;
  readonly amazonMirror: string;
  readonly epssUrl: string;
  readonly kevUrl: string;
  /** Adds a record: the mirror has it from now on. */
  readonly publish: (ecosystem: string, record: SnapshotRecord) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** A record that says of all versions of a package before `fixed` that they are affected. */
export function record(id: string, ecosystem: string, name: string, fixed: string): SnapshotRecord {
  const date = '2026-01-01T00:00:00Z';
  const ranges = [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }];
  return { id, modified: date, published: date, affected: [{ package: { ecosystem, name }, ranges }] };
}

/** Serves the demo's snapshot of OSV, with EPSS and KEV beside it, from below `work`. There is nothing of Amazon Linux. */
export async function serveAdvisories(work: string): Promise<AdvisoryMirrors> {
  const snapshot = await readSnapshot();
  const mirror = join(work, 'mirror');
  const extra: [ecosystem: string, record: SnapshotRecord][] = [];
  async function layOut(): Promise<void> {
    rmSync(mirror, { recursive: true, force: true });
    await mkdir(mirror, { recursive: true });
    const ecosystems = { ...snapshot.ecosystems };
    for (const [name, item] of extra) ecosystems[name] = [...(ecosystems[name] ?? []), item];
    await layOutMirror(mirror, { ...snapshot, ecosystems });
  }
  await layOut();

  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(request.url ?? '/'));
    const file = path.startsWith('/osv/')
      ? join(mirror, path.slice('/osv/'.length))
      : join(SNAPSHOT_FOLDER, path.slice(1));
    void answer(file, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    osvMirror: `${base}/osv/`,
    amazonMirror: `${base}/amazon/`,
    epssUrl: `${base}/${SNAPSHOT_FILES.epss}`,
    kevUrl: `${base}/${SNAPSHOT_FILES.kev}`,
    publish: async (ecosystem, item) => {
      extra.push([ecosystem, item]);
      await layOut();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(file: string, response: ServerResponse): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-length': found.size, 'last-modified': found.mtime.toUTCString() });
  await pipeline(createReadStream(file), response);
}
