import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { chooseBackend } from '../../../scripts/azure/backend.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const EMPTY_PHRASE = { PULUMI_CONFIG_PASSPHRASE: '' };

describe('scripts/azure/backend', () => {
  const path = temporaryDirectory();
  const credentials = async (file: string, text: string) => {
    await mkdir(dirname(path(file)), { recursive: true });
    await writeFile(path(file), text);
  };

  it('keeps state in a folder of the user when Pulumi is not logged in', () => {
    expect(chooseBackend({}, path('new'))).toEqual({
      folder: path('new/.local/share/backline/pulumi'),
      variables: {
        ...EMPTY_PHRASE,
        PULUMI_BACKEND_URL: `file://${path('new/.local/share/backline/pulumi')}`,
      },
    });
  });

  it('puts the folder where XDG_DATA_HOME says', () => {
    expect(chooseBackend({ XDG_DATA_HOME: '/data' }, path('new')).folder).toBe('/data/backline/pulumi');
  });

  it.each([[{ PULUMI_BACKEND_URL: 's3://state' }], [{ PULUMI_ACCESS_TOKEN: 'pul-1' }]])(
    'leaves the state where the environment says: %j',
    (env) => {
      expect(chooseBackend(env, path('new'))).toEqual({ variables: EMPTY_PHRASE });
    },
  );

  it.each([
    ['home/.pulumi/credentials.json', {}],
    ['pulumi-home/credentials.json', { PULUMI_HOME: 'pulumi-home' }],
    ['elsewhere/credentials.json', { PULUMI_CREDENTIALS_PATH: 'elsewhere', PULUMI_HOME: 'pulumi-home' }],
  ])('honours a login of Pulumi in %s', async (file, env) => {
    await credentials(file, '{"current":"https://api.pulumi.com","accounts":{}}');
    const places = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, path(value)]));

    expect(chooseBackend(places, path('home'))).toEqual({ variables: EMPTY_PHRASE });
  });

  it.each(['{"current":""}', '{"current":null}', '{}'])('takes a logout for no login: %s', async (text) => {
    await credentials('out/.pulumi/credentials.json', text);

    expect(chooseBackend({}, path('out')).folder).toBeDefined();
  });

  it.each(['{"current":', '', '[]', '{"current":5}'])(
    'rejects a login that Pulumi does not understand either, with what mends it: %j',
    async (text) => {
      await credentials('damaged/.pulumi/credentials.json', text);

      expect(() => chooseBackend({}, path('damaged'))).toThrow(
        `The login of Pulumi in ${path('damaged/.pulumi/credentials.json')} is damaged: delete the file, then run 'pulumi login'.`,
      );
    },
  );

  it('rejects a login that cannot be read', async () => {
    await mkdir(path('folder/.pulumi/credentials.json'), { recursive: true });

    expect(() => chooseBackend({}, path('folder'))).toThrow(/^The login of Pulumi cannot be read: .*EISDIR/);
  });

  it.each([[{ PULUMI_CONFIG_PASSPHRASE: 'own' }], [{ PULUMI_CONFIG_PASSPHRASE_FILE: '/phrase' }]])(
    'leaves a passphrase as it is: %j',
    (env) => {
      expect(Object.keys(chooseBackend(env, path('new')).variables)).toEqual(['PULUMI_BACKEND_URL']);
    },
  );
});
