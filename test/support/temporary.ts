import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';

/** A directory that exists while the tests of a file or `describe` run; gives paths in it. */
export function temporaryDirectory(): (...parts: string[]) => string {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'backline-test-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
  });
  return (...parts) => join(directory, ...parts);
}
