import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../scripts/cli/command.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const LOGIN = join(import.meta.dirname, '../../../pulumi-azure/azure/login.ts');
const CLOUDS = join(import.meta.dirname, '../../../pulumi-azure/cloud.ts');
const TENANT = '66666666-2222-3333-4444-555555555555';

describe('pulumi-azure/azure/login', () => {
  const path = temporaryDirectory();

  it('takes the token of az login, for the cloud and tenant, and asks for it once', async () => {
    const answer = JSON.stringify({ accessToken: 'the-token', expires_on: 4102444800, tokenType: 'Bearer' });

    const { stdout } = await loggedIn(`echo "$@" >> '${path('calls')}'; echo '${answer}'`, 'usgovernment');

    expect(stdout).toBe('the-token the-token');
    const calls = await run('cat', [path('calls')]);
    expect(calls.stdout.trim().split('\n')).toEqual([
      expect.stringMatching(
        new RegExp(`^account get-access-token .*https://management.usgovcloudapi.net.* --tenant ${TENANT}`),
      ),
    ]);
  });

  it('fails with a sentence when nobody is logged in', async () => {
    const { stdout } = await loggedIn(
      'echo "Please run \'az login\' to setup account." >&2; exit 1',
      'public',
    );

    expect(stdout).toMatch(/^LoginError: no login to Azure: run az login; .*az login/s);
  });

  async function loggedIn(az: string, environment: string) {
    await mkdir(path('bin'), { recursive: true });
    await writeFile(path('bin/az'), `#!/bin/sh\n${az}\n`, { mode: 0o755 });
    const program = `
      const { resourceManagerToken } = await import('${LOGIN}');
      const { CLOUDS } = await import('${CLOUDS}');
      const token = resourceManagerToken(CLOUDS['${environment}'], '${TENANT}');
      const tokens = await Promise.all([token(), token()]).catch((error) => [String(error)]);
      process.stdout.write(tokens.join(' '));
    `;
    const env = { PATH: [path('bin'), '/usr/bin', '/bin'].join(delimiter) };
    return run(process.execPath, ['--input-type=module', '--eval', program], { env });
  }
});
