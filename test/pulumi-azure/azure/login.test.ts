import { createSign, generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { listen, sendJson } from '../../../scripts/demo/registry.ts';
import { type EntraDouble, entraDouble } from '../../doubles/azure/entra.ts';
import { LOOPBACK_PEM, startEntraServer } from '../../doubles/azure/entra-server.ts';
import { run } from '../../scripts/cli/command.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const LOGIN = join(import.meta.dirname, '../../../pulumi-azure/azure/login.ts');
const CLOUDS = join(import.meta.dirname, '../../../pulumi-azure/cloud.ts');
const TENANT = '66666666-2222-3333-4444-555555555555';
const DEPLOYER = 'dddddddd-0000-cccc-1111-000000000001';
const SCANNER = 'dddddddd-0000-cccc-1111-000000000002';
const RESOURCE_MANAGER = 'https://management.azure.com';
const ISSUER = 'https://token.actions.example';
const SUBJECT = 'repo:team/infrastructure:ref:refs/heads/main';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** An application's own login, but for its proof. */
const APPLICATION = { ARM_CLIENT_ID: DEPLOYER, ARM_TENANT_ID: TENANT };
/** What whoever scans on one machine has exported. */
const OF_SCANNER = {
  AZURE_CLIENT_ID: SCANNER,
  AZURE_TENANT_ID: TENANT,
  AZURE_CLIENT_SECRET: 'of the scanner',
};
const AZ = { accessToken: 'token of az', expires_on: 4102444800, tokenType: 'Bearer' };

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of running.splice(0)) await close();
});

describe('pulumi-azure/azure/login', () => {
  const path = temporaryDirectory();

  it('takes the token of az login, for the cloud and tenant, and asks for it once', async () => {
    const az = `echo "$@" >> '${path('calls')}'; echo '${JSON.stringify(AZ)}'`;

    const { stdout } = await loggedIn({}, { az, cloud: "CLOUDS['usgovernment']" });

    expect(stdout).toBe('token of az token of az');
    const calls = await readFile(path('calls'), 'utf8');
    expect(calls.trim().split('\n')).toEqual([
      expect.stringMatching(
        new RegExp(`^account get-access-token .*https://management.usgovcloudapi.net.* --tenant ${TENANT}`),
      ),
    ]);
  });

  it('leaves the secret of the scanner alone', async () => {
    const { stdout } = await loggedIn(OF_SCANNER);

    expect(stdout).toBe('token of az token of az');
  });

  it('logs in with a secret, whoever else could log in', async () => {
    const entra = await entraOnLoopback();

    const answer = await entra.loggedIn({
      ...OF_SCANNER,
      ...APPLICATION,
      ARM_CLIENT_SECRET: 'of the deployer',
    });

    expect(answer).toEqual({ appid: DEPLOYER, tid: TENANT });
  });

  it('logs in with a certificate in a PKCS#12 file', async () => {
    const file = path('login.pfx');
    await run('openssl', [
      'pkcs12',
      '-export',
      '-in',
      LOOPBACK_PEM,
      '-out',
      file,
      '-passout',
      'pass:opens it',
    ]);
    const entra = await entraOnLoopback();

    const answer = await entra.loggedIn({
      ...APPLICATION,
      ARM_CLIENT_CERTIFICATE_PATH: file,
      ARM_CLIENT_CERTIFICATE_PASSWORD: 'opens it',
    });

    expect(answer).toEqual({ appid: DEPLOYER, tid: TENANT });
  });

  it.each<[string, () => Promise<Record<string, string>>]>([
    ['as it is', async () => ({ ARM_OIDC_TOKEN: statement() })],
    [
      'in a file',
      async () => {
        await writeFile(path('token'), `${statement()}\n`);
        return { ARM_OIDC_TOKEN_FILE_PATH: path('token') };
      },
    ],
    [
      'that GitHub gives',
      async () => {
        const url = await gitHub();
        return { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of the job' };
      },
    ],
  ])('logs in with a federated token %s', async (_, token) => {
    const entra = await entraOnLoopback();

    const answer = await entra.loggedIn({ ...APPLICATION, ARM_USE_OIDC: 'true', ...(await token()) });

    expect(answer).toEqual({ appid: DEPLOYER, tid: TENANT });
  });

  it('logs in as the managed identity of the machine', async () => {
    const asked: string[] = [];
    const server = await listen((request, response) => {
      asked.push(request.url ?? '');
      sendJson(response, 200, {
        access_token: 'of the machine',
        expires_on: '4102444800',
        token_type: 'Bearer',
      });
    });
    running.push(() => server.close());

    const { stdout } = await loggedIn({
      ARM_USE_MSI: 'true',
      ARM_CLIENT_ID: DEPLOYER,
      IDENTITY_ENDPOINT: `${server.origin}/token`,
      IDENTITY_HEADER: 'header',
    });

    expect(stdout).toBe('of the machine of the machine');
    expect(asked).toEqual([expect.stringContaining(DEPLOYER)]);
  });

  it('lets the libraries of Azure choose when the provider does', async () => {
    const entra = await entraOnLoopback();

    const answer = await entra.loggedIn({ ...OF_SCANNER, ARM_USE_DEFAULT_AZURE_CREDENTIAL: 'true' });

    expect(answer).toEqual({ appid: SCANNER, tid: TENANT });
  });

  it('prefers the tenant of the options', async () => {
    const entra = await entraOnLoopback();

    const answer = await entra.loggedIn({
      ARM_CLIENT_ID: DEPLOYER,
      ARM_TENANT_ID: SCANNER,
      ARM_CLIENT_SECRET: 'of the deployer',
    });

    expect(answer).toEqual({ appid: DEPLOYER, tid: TENANT });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['nobody is logged in', {}, /^LoginError: no login to Azure: run az login; .*az login/s],
    [
      'a secret is wrong',
      { ...APPLICATION, ARM_CLIENT_SECRET: 'wrong', ARM_DISABLE_INSTANCE_DISCOVERY: 'true' },
      /^LoginError: no login to Azure: ARM_CLIENT_SECRET does not serve; .*AADSTS7000215/s,
    ],
    [
      'a secret has no application',
      { ARM_CLIENT_SECRET: 'x' },
      /^LoginError: ARM_CLIENT_SECRET is set, and ARM_CLIENT_ID is not: set both or none of them$/,
    ],
    [
      'federation has no token',
      { ...APPLICATION, ARM_USE_OIDC: 'true' },
      /^LoginError: ARM_USE_OIDC is set without a token: set ARM_OIDC_TOKEN or ARM_OIDC_TOKEN_FILE_PATH; a GitHub/,
    ],
    [
      'the file of a token is not there',
      { ...APPLICATION, ARM_USE_OIDC: 'true', ARM_OIDC_TOKEN_FILE_PATH: '/nowhere/token' },
      /ARM_USE_OIDC does not serve; ARM_OIDC_TOKEN_FILE_PATH: ENOENT.*\/nowhere\/token/,
    ],
    [
      'a certificate is not there',
      { ...APPLICATION, ARM_CLIENT_CERTIFICATE_PATH: '/nowhere/login.pfx' },
      /ARM_CLIENT_CERTIFICATE_PATH does not serve; .*\/nowhere\/login.pfx cannot be read with .*: .+/,
    ],
  ])('fails with a sentence when %s', async (_, variables, sentence) => {
    const { cloud } = await entraOnLoopback();

    const az = `echo "Please run 'az login' to setup account." >&2; exit 1`;
    const { stdout } = await loggedIn(variables, { az, cloud });

    expect(stdout).toMatch(sentence);
  });

  it('fails for a tenant that nobody names', async () => {
    const variables = { ARM_CLIENT_ID: DEPLOYER, ARM_CLIENT_SECRET: 'x' };

    const { stdout } = await loggedIn(variables, { tenant: undefined });

    expect(stdout).toBe(
      'LoginError: ARM_CLIENT_SECRET is set, and ARM_TENANT_ID is not: set it, or the option tenantId',
    );
  });

  it('fails without the answer of an issuer that gives no token', async () => {
    const url = await gitHub();
    const { cloud } = await entraOnLoopback();

    const { stdout } = await loggedIn(
      {
        ...APPLICATION,
        ARM_USE_OIDC: 'true',
        ACTIONS_ID_TOKEN_REQUEST_URL: url,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of no job',
      },
      { cloud },
    );

    expect(stdout).toMatch(/ARM_USE_OIDC does not serve; 127.0.0.1:\d+ gave no token: it answered 401$/);
  });

  type Place = { readonly az?: string; readonly cloud?: string; readonly tenant?: string | undefined };

  /** Asks twice for a token in a process of its own, with these variables and nothing else. */
  async function loggedIn(variables: Readonly<Record<string, string>>, place: Place = {}) {
    const { az = `echo '${JSON.stringify(AZ)}'`, cloud = "CLOUDS['public']" } = place;
    const tenant = 'tenant' in place ? place.tenant : TENANT;
    await mkdir(path('bin'), { recursive: true });
    await writeFile(path('bin/az'), `#!/bin/sh\n${az}\n`, { mode: 0o755 });
    const program = `
      const { resourceManagerToken } = await import('${LOGIN}');
      const { CLOUDS } = await import('${CLOUDS}');
      const token = resourceManagerToken(${cloud}, ${JSON.stringify(tenant)}, process.env);
      const tokens = await Promise.all([token(), token()]).catch((error) => [String(error)]);
      process.stdout.write(tokens.join(' '));
    `;
    const PATH = [path('bin'), '/usr/bin', '/bin'].join(delimiter);
    const env = { PATH, NODE_EXTRA_CA_CERTS: LOOPBACK_PEM, ...variables };
    return run(process.execPath, ['--input-type=module', '--eval', program], { env });
  }

  /** Entra, which knows two applications; `loggedIn` tells whose token the program got. */
  async function entraOnLoopback() {
    const certificate = await readFile(LOOPBACK_PEM, 'utf8');
    const federated = { issuer: ISSUER, subject: SUBJECT, key: publicKey };
    const entra: EntraDouble = entraDouble({
      applications: [
        { id: DEPLOYER, secret: 'of the deployer', certificate, federated },
        { id: SCANNER, secret: 'of the scanner' },
      ],
      tenants: { [TENANT]: [DEPLOYER, SCANNER] },
      resources: [RESOURCE_MANAGER],
    });
    const server = await startEntraServer(entra);
    running.push(() => server.close());
    const cloud = `{ ...CLOUDS['public'], authorityHost: '${server.origin}' }`;
    return {
      cloud,
      loggedIn: async (variables: Readonly<Record<string, string>>) => {
        const offline = { ...variables, ARM_DISABLE_INSTANCE_DISCOVERY: 'true' };
        const { stdout } = await loggedIn(offline, { cloud });
        const [token = '', again] = stdout.split(' ');
        expect({ again, given: entra.given }).toEqual({ again: token, given: [token] });
        const { appid, tid } = entra.read(token) ?? {};
        return { appid, tid };
      },
    };
  }
});

/** Gives a federated token to whoever has that of the job. */
async function gitHub(): Promise<string> {
  const server = await listen((request, response) => {
    const isOfJob = request.headers.authorization === 'Bearer of the job';
    const audience = new URL(request.url ?? '', 'http://host').searchParams.get('audience') ?? '';
    sendJson(response, isOfJob ? 200 : 401, isOfJob ? { value: statement(audience) } : { reason: 'planted' });
  });
  running.push(() => server.close());
  return `${server.origin}/token?api-version=2.0`;
}

function statement(audience = 'api://AzureADTokenExchange'): string {
  const exp = Math.floor(Date.now() / 1000) + 300;
  const claims = { iss: ISSUER, sub: SUBJECT, aud: audience, exp };
  const text = `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded(claims)}`;
  return `${text}.${createSign('sha256').update(text).sign(privateKey).toString('base64url')}`;
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
