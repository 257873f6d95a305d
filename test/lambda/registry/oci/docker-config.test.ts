import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { dockerConfigCredentials } from '../../../../lambda/registry/oci/docker-config.ts';
import { codeOf } from '../../../support/code-of.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

const inDirectory = temporaryDirectory();
const AUTH = Buffer.from('user:pass:word').toString('base64');
const PASSWORD = { kind: 'password', username: 'user', password: 'pass:word' };

let folders = 0;

/** Looks a registry up in a configuration of its own; the helpers below are on its path. */
async function find(config: unknown, registry: string) {
  const folder = inDirectory(`config-${++folders}`);
  await mkdir(folder);
  await writeFile(`${folder}/config.json`, typeof config === 'string' ? config : JSON.stringify(config));
  const environment = {
    DOCKER_CONFIG: folder,
    PATH: [inDirectory('bin'), process.env['PATH']].join(delimiter),
  };
  return dockerConfigCredentials({ environment })(registry);
}

async function helper(name: string, script: string): Promise<void> {
  const path = inDirectory('bin', `docker-credential-${name}`);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

describe('registry/oci/docker-config', () => {
  beforeAll(async () => {
    await mkdir(inDirectory('bin'));
    await helper(
      'good',
      `read server; echo "$1 $server" > "${inDirectory('asked')}"; echo '{"ServerURL":"","Username":"user","Secret":"pass:word"}'`,
    );
    await helper('token', `echo '{"Username":"<token>","Secret":"identity"}'`);
    await helper('empty', 'echo "credentials not found in native keychain"; exit 1');
    await helper('broken', 'echo "secret hunter2"; echo "secret hunter2" >&2; exit 3');
    await helper('odd', 'echo "hunter2"');
    await helper('deaf', `exec 0<&-; echo '{"Username":"user","Secret":"pass:word"}'`);
  });

  it.each([
    ['a host', { 'r.example': { auth: AUTH } }, 'r.example'],
    ['a host and port', { 'r.example:5000': { auth: AUTH } }, 'r.example:5000'],
    ['an address with a scheme', { 'https://r.example': { auth: AUTH } }, 'r.example'],
    ['an address of the first protocol', { 'https://r.example/v1/': { auth: AUTH } }, 'r.example'],
    ['Docker Hub by its old key', { 'https://index.docker.io/v1/': { auth: AUTH } }, 'docker.io'],
    ['user and password apart', { 'r.example': { username: 'user', password: 'pass:word' } }, 'r.example'],
    [
      'a password with NUL bytes after it',
      { 'r.example': { auth: Buffer.from('user:pass:word\0\0').toString('base64') } },
      'r.example',
    ],
  ])('finds %s', async (_, auths, registry) => {
    expect(await find({ auths }, registry)).toEqual(PASSWORD);
  });

  it('finds tokens', async () => {
    const auths = { a: { auth: AUTH, identitytoken: 'i' }, b: { registrytoken: 'r' } };

    expect(await find({ auths }, 'a')).toEqual({ kind: 'identity-token', token: 'i' });
    expect(await find({ auths }, 'b')).toEqual({ kind: 'registry-token', token: 'r' });
  });

  it.each([
    ['a longer host', { 'r.example': { auth: AUTH } }, 'r.example.attacker.test'],
    ['a shorter host', { 'r.example.org': { auth: AUTH } }, 'r.example'],
    ['another port', { 'r.example:5000': { auth: AUTH } }, 'r.example'],
    ['a key that is good for a part of a registry', { 'r.example/team': { auth: AUTH } }, 'r.example'],
    ['an empty entry', { 'r.example': {} }, 'r.example'],
    ['a name that every object has', {}, 'constructor'],
  ])('finds nothing for %s', async (_, auths, registry) => {
    expect(await find({ auths, credHelpers: {} }, registry)).toBeUndefined();
  });

  it('finds nothing without a configuration', async () => {
    const environment = { DOCKER_CONFIG: inDirectory('nowhere') };

    expect(await dockerConfigCredentials({ environment })('r.example')).toBeUndefined();
  });

  it('looks in the home directory by default', async () => {
    await mkdir(inDirectory('.docker'));
    await writeFile(
      inDirectory('.docker/config.json'),
      JSON.stringify({ auths: { 'r.example': { auth: AUTH } } }),
    );

    expect(await dockerConfigCredentials({ environment: { HOME: inDirectory() } })('r.example')).toEqual(
      PASSWORD,
    );
  });

  it.each([
    [
      'for the registry',
      { credHelpers: { 'r.example': 'good' }, credsStore: 'broken' },
      'r.example',
      'r.example',
    ],
    ['for all', { credHelpers: { other: 'broken' }, credsStore: 'good' }, 'r.example', 'r.example'],
    ['for Docker Hub', { credsStore: 'good' }, 'docker.io', 'https://index.docker.io/v1/'],
  ])('asks the helper %s', async (_, config, registry, key) => {
    expect(await find(config, registry)).toEqual(PASSWORD);
    expect(await readFile(inDirectory('asked'), 'utf8')).toBe(`get ${key}\n`);
  });

  it('knows a token a helper gives', async () => {
    expect(await find({ credsStore: 'token' }, 'r.example')).toEqual({
      kind: 'identity-token',
      token: 'identity',
    });
  });

  it('takes the answer of a helper that does not read', async () => {
    expect(await find({ credsStore: 'deaf' }, 'r.example')).toEqual(PASSWORD);
  });

  it('looks in the file when the helper knows nothing', async () => {
    const auths = { 'r.example': { auth: AUTH } };

    expect(await find({ auths, credsStore: 'empty' }, 'r.example')).toEqual(PASSWORD);
    expect(await find({ credsStore: 'empty' }, 'r.example')).toBeUndefined();
  });

  it.each([
    ['a helper that fails', { credsStore: 'broken' }],
    ['a helper that gives something else', { credsStore: 'odd' }],
    ['a helper that is not installed', { credsStore: 'missing' }],
    ['a helper with a path for a name', { credsStore: '../evil' }],
    ['a helper with an option for a name', { credHelpers: { 'r.example': '-rf' } }],
    ['a file that is no JSON', '{"auths": {"r.example": {"auth": "hunter2"'],
    ['a file of another form', '{"auths": {"r.example": "hunter2"}}'],
    [
      'an auth that is no pair',
      { auths: { 'r.example': { auth: Buffer.from('hunter2').toString('base64') } } },
    ],
  ])('fails with credentials-invalid for %s, without repeating a secret', async (_, config) => {
    expect(await codeOf(() => find(config, 'r.example'))).toBe('credentials-invalid');
    const error = await find(config, 'r.example').catch((error: unknown) => error);
    expect(String(error) + JSON.stringify(error)).not.toMatch(/hunter2|aHVudGVyMg/);
    expect(error).not.toHaveProperty('cause');
  });
});
