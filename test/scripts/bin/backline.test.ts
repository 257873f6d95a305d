import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import packageJson from '../../../package.json' with { type: 'json' };
import { temporaryDirectory } from '../../support/temporary.ts';
import { run } from '../cli/command.ts';

const LAUNCHER = join(import.meta.dirname, '../../../scripts/bin/backline.js');
/** Makes the Node that runs it say that it is an older one. */
const OLD_NODE = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.9.0' } });Object.defineProperty(process, 'version', { value: 'v20.9.0' })`;

describe('scripts/bin/backline', () => {
  const path = temporaryDirectory();

  beforeAll(async () => {
    await mkdir(path('scripts/bin'), { recursive: true });
    await mkdir(path('node_modules/.bin'), { recursive: true });
    await copyFile(LAUNCHER, path('scripts/bin/backline.js'));
    await writeFile(path('package.json'), '{"type":"module"}');
  });

  it('runs the command line in place on a Node that can', async () => {
    const started = await run(process.execPath, [LAUNCHER, '--version']);

    expect(started).toEqual({ exitCode: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  });

  it('reports an installation that is not whole, and does not call that findings', async () => {
    const started = await run(process.execPath, [path('scripts/bin/backline.js')]);

    expect(started).toMatchObject({ exitCode: 3, stdout: '' });
    expect(started.stderr).toMatch(/^backline: cannot start: [^\n]*; run npm ci in the project\n$/);
  });

  it('reports a Node that is too old, and what to do', async () => {
    const started = await run(process.execPath, ['--import', OLD_NODE, path('scripts/bin/backline.js')]);

    expect(started).toEqual({
      exitCode: 3,
      stdout: '',
      stderr:
        'backline: Node 24 or newer is needed, this is v20.9.0; run npm ci in the project, which brings one, or install it\n',
    });
  });

  it.each([
    ['its arguments and exit code', 'echo "$@"; exit 1', 1, 'SCRIPT a b c\n'],
    ['the signal that ended it', 'kill -TERM $$', 143, ''],
  ])(
    'runs the Node of the project in its stead, and passes on %s',
    async (_what, script, exitCode, stdout) => {
      await writeFile(path('node_modules/.bin/node'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

      const started = await run(process.execPath, [
        '--import',
        OLD_NODE,
        path('scripts/bin/backline.js'),
        'a',
        'b c',
      ]);

      expect(started).toEqual({
        exitCode,
        stdout: stdout.replace('SCRIPT', path('scripts/backline.ts')),
        stderr: '',
      });
    },
  );
});
