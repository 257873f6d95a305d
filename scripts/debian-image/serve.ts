import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort, stop } from './server-process.ts';
import { run } from './tools.ts';

/** A running `docker-registry` on this machine. */
export type RunningRegistry = {
  /** `127.0.0.1:PORT`, plain HTTP. */
  readonly host: string;
  stop(): Promise<void>;
};

/** Such a registry with an image in it. */
export type ServedImage = {
  /** `localhost:PORT/team/app:1` */
  readonly reference: string;
  stop(): Promise<void>;
};

/** Starts it and pushes the layout's image with skopeo. */
export async function serveImage(layout: string, work: string): Promise<ServedImage> {
  const registry = await startRegistry(work);
  try {
    const { host } = registry;
    run([
      'skopeo',
      'copy',
      '--quiet',
      '--dest-tls-verify=false',
      `oci:${layout}:1`,
      `docker://${host}/team/app:1`,
    ]);
    return {
      reference: `${host.replace('127.0.0.1', 'localhost')}/team/app:1`,
      stop: () => registry.stop(),
    };
  } catch (error) {
    await registry.stop();
    throw error;
  }
}

/** Starts Debian's docker-registry with an empty store below `work`. */
export async function startRegistry(work: string): Promise<RunningRegistry> {
  const port = await freePort();
  const store = join(work, 'registry');
  rmSync(store, { recursive: true, force: true });
  mkdirSync(store, { recursive: true });
  const config = join(work, 'registry.yml');
  writeFileSync(
    config,
    `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${JSON.stringify(store)}}}\nhttp: {addr: "127.0.0.1:${port}"}\n`,
  );
  const server = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  try {
    await answering(`http://127.0.0.1:${port}/v2/`);
    return { host: `127.0.0.1:${port}`, stop: () => stop(server) };
  } catch (error) {
    await stop(server);
    throw error;
  }
}

async function answering(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await wait(100);
  }
  throw new Error(`docker-registry does not answer on ${url}`);
}
