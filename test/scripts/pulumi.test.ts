import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '../support/temporary.ts';
import { run } from './cli/command.ts';

const PROJECT = join(import.meta.dirname, '../..');

describe('scripts/pulumi', () => {
  const path = temporaryDirectory();

  it('is what npm runs', async () => {
    const { scripts } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };

    expect(scripts['pulumi']).toBe('node scripts/pulumi.ts');
  });

  it("hands arguments on to Pulumi, with the project's Node before others, and ends as it does", async () => {
    await pulumi('command -v node; printf "%s\\n" "$@"; exit 7');

    const { exitCode, stdout } = await started('up', '--cwd', 'a folder');

    expect(stdout.split('\n')).toEqual([
      join(PROJECT, 'node_modules/.bin/node'),
      'up',
      '--cwd',
      'a folder',
      '',
    ]);
    expect(exitCode).toBe(7);
  });

  it('ends as by the signal that ended Pulumi', async () => {
    await pulumi('kill -TERM $$');

    expect((await started()).exitCode).toBe(143);
  });

  it('says how to install Pulumi when it is not there', async () => {
    const { exitCode, stdout, stderr } = await run(
      process.execPath,
      [join(PROJECT, 'scripts/pulumi.ts'), 'up'],
      {
        env: { PATH: path('empty') },
      },
    );

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toBe(
      "backline: the Pulumi CLI is not installed; install it with 'curl -fsSL https://get.pulumi.com | sh' and open a new shell\n",
    );
  });

  async function pulumi(script: string): Promise<void> {
    await mkdir(path('bin'), { recursive: true });
    await writeFile(path('bin/pulumi'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  async function started(...args: readonly string[]) {
    const PATH = [path('bin'), '/usr/bin', '/bin'].join(delimiter);
    return run(process.execPath, [join(PROJECT, 'scripts/pulumi.ts'), ...args], { env: { PATH } });
  }
});
