import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../scripts/cli/command.ts';

const PROJECT = join(import.meta.dirname, '../../../pulumi-azure');
/** Makes the Node that runs it say that it is an older one. */
const OLD_NODE = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.9.0' } });Object.defineProperty(process, 'version', { value: 'v20.9.0' })`;

describe('pulumi-azure/bin/program', () => {
  it.each(['bin/program.js', 'hub/bin/program.js'])(
    'reports in %s a Node that is too old, and what to do',
    async (path) => {
      const started = await run(process.execPath, ['--import', OLD_NODE, join(PROJECT, path)]);

      expect(started.exitCode).toBe(1);
      expect(started.stderr).toContain(
        'Node 24 or newer is needed, this is v20.9.0; the project brings one: run npm ci, and put its node_modules/.bin before the rest of PATH',
      );
      expect(started.stderr).not.toContain('.ts');
    },
  );
});
