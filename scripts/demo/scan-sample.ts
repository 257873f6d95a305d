import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageReport } from '../../lambda/report/index.ts';
import { scanImage } from '../../lambda/scan/index.ts';
import { TOOL } from '../../lambda/shared/tool.ts';
import type { BuiltImage } from './image-builder.ts';
import { push } from './image-files.ts';
import { listen, registryContent } from './registry.ts';
import { layOutMirror, type Snapshot } from './snapshot-mirror.ts';

const REPOSITORY = 'demo/shop';
const TAG = '1.4.2';

/**
 * Scans an image as `backline scan` does: over HTTP from a registry that this process serves on 127.0.0.1, with a database
 * built from the snapshot in a temporary folder. Nothing leaves the machine. `say` is told each step.
 */
export async function scanSample(
  sample: BuiltImage,
  snapshot: Snapshot,
  say: (step: string) => void = () => undefined,
): Promise<ImageReport[]> {
  const registry = registryContent();
  push(registry, REPOSITORY, TAG, sample);
  const server = await listen((request, response) => registry.handle(request, response));
  const folder = await mkdtemp(join(tmpdir(), 'backline-demo-'));
  try {
    const input = `${server.host}/${REPOSITORY}:${TAG}`;
    say(`serving it as ${input}`);
    const mirror = join(folder, 'mirror');
    await mkdir(mirror);
    const feeds = await layOutMirror(mirror, snapshot);
    say('building the advisory database from the snapshot and scanning');
    return await scanImage({
      input,
      platform: { only: { os: 'linux', architecture: 'amd64' } },
      open: { insecure: true },
      advisories: { ...feeds, directory: join(folder, 'database') },
      tool: TOOL,
      now: () => new Date(),
    });
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
