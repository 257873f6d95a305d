import { createSign, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { RegistryError } from '../../../../../lambda/registry/index.ts';
import {
  type EntraCredential,
  type EntraLogin,
  entraCredential,
} from '../../../../../lambda/registry/sources/acr/entra.ts';
import { entraFailure } from '../../../../../lambda/registry/sources/acr/entra-failure.ts';
import { type EntraDouble, entraDouble } from '../../../../doubles/azure/entra.ts';
import { LOOPBACK_PEM, startEntraServer } from '../../../../doubles/azure/entra-server.ts';
import { temporaryDirectory } from '../../../../support/temporary.ts';
import { APP, REGISTRIES, TENANT } from './setting.ts';

const HOME = '11111111-aaaa-4bbb-8ccc-222222222222';
const ISSUER = 'https://8a7d.tokens.sts.global.api.aws';
const ROLE = 'arn:aws:iam::111122223333:role/BacklineScanner';
const CERTIFICATE = readFileSync(LOOPBACK_PEM, 'utf8');
const ASKED = { clientId: APP, tenantId: TENANT, host: 'https://entra.test', audience: REGISTRIES };
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const running: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of running.splice(0)) await close();
});

type Given = {
  readonly entra: EntraDouble;
  readonly credential: (login: Partial<EntraLogin>) => EntraCredential;
  readonly token: (login: Partial<EntraLogin>, audience?: string) => Promise<string>;
};

/** Entra over TLS, and @azure/identity's own credentials that ask it. */
async function given(
  tenants: Readonly<Record<string, readonly string[]>> = { [TENANT]: [APP] },
): Promise<Given> {
  const federated = { issuer: ISSUER, subject: ROLE, key: publicKey };
  const entra = entraDouble({
    applications: [{ id: APP, secret: 'right', certificate: CERTIFICATE, federated }],
    tenants,
    resources: [REGISTRIES],
  });
  const server = await startEntraServer(entra);
  running.push(() => server.close());
  const options = { tlsOptions: { ca: CERTIFICATE }, retryOptions: { maxRetries: 0 } };
  const base = { environment: 'public', tenantId: TENANT, clientId: APP, options } as const;
  const credential = (login: Partial<EntraLogin>) =>
    entraCredential({
      ...base,
      ...login,
      variables: { ...login.variables, AZURE_AUTHORITY_HOST: server.origin },
    });
  return { entra, credential, token: (login, audience = REGISTRIES) => credential(login).token(audience) };
}

type Claims = Readonly<Record<string, unknown>>;

/** What AWS would sign; `claims` replace its own. */
function statement(claims: Claims = {}, key = privateKey): string {
  const now = Math.floor(Date.now() / 1000);
  const all = {
    iss: ISSUER,
    sub: ROLE,
    aud: 'api://AzureADTokenExchange',
    iat: now,
    exp: now + 300,
    ...claims,
  };
  const text = `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded(all)}`;
  return `${text}.${createSign('sha256').update(text).sign(key).toString('base64url')}`;
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

async function failureOf(act: () => Promise<unknown>): Promise<RegistryError> {
  const error: unknown = await act().catch((error: unknown) => error);
  if (!(error instanceof RegistryError)) throw new Error('expected a RegistryError', { cause: error });
  return error;
}

describe('registry/sources/acr/entra', () => {
  const temporary = temporaryDirectory();
  const written = (name: string, text: string): string => {
    writeFileSync(temporary(name), text);
    return temporary(name);
  };

  it.each<[string, Partial<EntraLogin>]>([
    ['the statement of AWS', { webIdentityToken: async () => statement() }],
    ['a client secret', { variables: { AZURE_CLIENT_SECRET: 'right' } }],
    ['a certificate', { variables: { AZURE_CLIENT_CERTIFICATE_PATH: LOOPBACK_PEM } }],
  ])('gets a token in the tenant for %s', async (_, login) => {
    const { entra, token } = await given();

    const claims = entra.read(await token(login));

    expect(claims).toMatchObject({ aud: REGISTRIES, tid: TENANT, appid: APP });
  });

  it('takes the application from AZURE_CLIENT_ID when none is given', () => {
    const login = { environment: 'public', tenantId: TENANT, variables: { AZURE_CLIENT_ID: APP } } as const;

    expect(entraCredential(login).clientId).toBe(APP);
  });

  it('keeps a token', async () => {
    const { entra, credential } = await given();
    const one = credential({ webIdentityToken: async () => statement() });

    expect(await one.token(REGISTRIES)).toBe(await one.token(REGISTRIES));
    expect(entra.asked).toHaveLength(1);
  });

  it.each<[string, string, Partial<EntraLogin>, RegExp]>([
    [
      'another role',
      'login-refused',
      { webIdentityToken: async () => statement({ sub: `${ROLE}2` }) },
      /AADSTS700213.*letter by letter$/,
    ],
    [
      'another account',
      'login-refused',
      { webIdentityToken: async () => statement({ iss: 'https://other' }) },
      /AADSTS700213/,
    ],
    [
      'another audience',
      'login-refused',
      { webIdentityToken: async () => statement({ aud: 'sts.amazonaws.com' }) },
      /AADSTS700213/,
    ],
    [
      'another signer',
      'login-refused',
      {
        webIdentityToken: async () =>
          statement({}, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
      },
      /AADSTS700213/,
    ],
    [
      'a wrong secret',
      'login-refused',
      { variables: { AZURE_CLIENT_SECRET: 'wrong' } },
      /AADSTS7000215.*has not expired$/,
    ],
    [
      'another tenant',
      'login-refused',
      { tenantId: HOME, variables: { AZURE_CLIENT_SECRET: 'right' } },
      /AADSTS90002.*check the tenant id$/,
    ],
    [
      'an unknown application',
      'principal-missing',
      { clientId: HOME, variables: { AZURE_CLIENT_SECRET: 'right' } },
      /^tenant .* has no service principal .*AADSTS700016.*az ad sp create --id 11111111/,
    ],
  ])('reports %s as %s', async (_, code, login, message) => {
    const { token } = await given();

    const failure = await failureOf(() => token(login));

    expect([failure.code, failure.retryable]).toEqual([code, false]);
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toMatch(/Trace ID|right|eyJ/);
  });

  it('reports a tenant without the service principal, whose remedy is another than that of a wrong secret', async () => {
    const { token } = await given({ [TENANT]: [] });

    const failure = await failureOf(() => token({ webIdentityToken: async () => statement() }));

    expect(failure.code).toBe('principal-missing');
    expect(failure.data).toMatchObject({ aadsts: '7000229', remedy: expect.stringContaining(`--id ${APP}`) });
  });

  it('reports an audience that the tenant does not know', async () => {
    const { token } = await given();

    const failure = await failureOf(() =>
      token({ variables: { AZURE_CLIENT_SECRET: 'right' } }, 'https://other.test'),
    );

    expect(failure.code).toBe('audience-refused');
  });

  it('passes on why AWS gave no statement, in the words of whom it is from', async () => {
    const { token } = await given();
    const why = new RegistryError('login-refused', 'federation is disabled in the account');

    await expect(token({ webIdentityToken: () => Promise.reject(why) })).rejects.toBe(why);
  });

  it('reports an Entra that does not answer, and may later', async () => {
    const { token } = await given();
    for (const close of running.splice(0)) await close();

    const failure = await failureOf(() => token({ variables: { AZURE_CLIENT_SECRET: 'right' } }));

    expect([failure.code, failure.retryable]).toEqual(['registry-unreachable', true]);
    expect(failure.message).toMatch(/^no answer from Entra at https:\/\/127\.0\.0\.1:\d+ \(/);
  });

  it.each([
    [
      'AggregateAuthenticationError',
      'ChainedTokenCredential authentication failed. Network unreachable',
      'login-refused',
    ],
    ['CredentialUnavailableError', 'EnvironmentCredential is unavailable', 'login-refused'],
    [
      'CredentialUnavailableError',
      'endpoints_resolution_error: Endpoints cannot be resolved',
      'registry-unreachable',
    ],
    [
      'AggregateAuthenticationError',
      'ChainedTokenCredential authentication failed. connect ENETUNREACH 169.254.169.254:80',
      'login-refused',
    ],
    ['AuthenticationRequiredError', 'network_error: See https://aka.ms', 'registry-unreachable'],
    ['AuthenticationRequiredError', 'temporarily_unavailable: busy', 'registry-unreachable'],
    ['RestError', 'connect ECONNREFUSED 127.0.0.1:1', 'registry-unreachable'],
    ['AuthenticationRequiredError', 'Response had no "expiresOn" property.', 'login-refused'],
  ])('understands %s: %s', (name, message, code) => {
    const failure = entraFailure(Object.assign(new Error(message), { name }), ASKED);

    expect(failure.code).toBe(code);
    expect(failure.retryable).toBe(code === 'registry-unreachable');
    expect(failure.data['remedy']).not.toBe('');
  });

  it.each([
    'AADSTS50033: RetryableError',
    'AADSTS90006: The service is temporarily unavailable.',
    'AADSTS90012: The request has timed out.',
    'AADSTS90024: A transient error has occurred. Try again.',
    'AADSTS90025: Request processing has exhausted gateway allowance. Trace ID: 1 Correlation ID: 2',
    'AADSTS90033: A transient error has occurred. Please try again',
    'AADSTS90055: There are too many incoming requests',
    'AADSTS90090: The service is temporarily unavailable.',
    'AADSTS90091: GraphServiceUnreachable',
  ])('reports what passes by itself as such: %s', (message) => {
    const failure = entraFailure(new Error(message), ASKED);

    expect([failure.code, failure.retryable]).toEqual(['login-refused', true]);
    expect(failure.data['remedy']).toBe('try again later: it passes by itself');
  });

  it('leaves the ids of a request out, also where no full stop parts them from what is said', () => {
    const said = 'AADSTS90002: Tenant not found Trace ID: 1f6a92a9-0000 Correlation ID: 0d1a5c28-0000';

    expect(entraFailure(new Error(said), ASKED).message).toMatch(/\(AADSTS90002: Tenant not found\)/);
  });

  it.each<[string, () => string, RegExp]>([
    [
      'there is none',
      () => temporary('none.pem'),
      /^the certificate .*none\.pem cannot be read \(ENOENT\): /,
    ],
    ['it is a folder', () => temporary(), /^the certificate .* cannot be read \(EISDIR\): /],
    ['it holds none', () => written('not.pem', 'no certificate'), /not\.pem holds no certificate in PEM: /],
    [
      'it lacks the key',
      () =>
        written('public.pem', CERTIFICATE.replace(/-----BEGIN [A-Z ]*PRIVATE KEY[^]*?PRIVATE KEY-----/, '')),
      /public\.pem holds no private key in PEM that can be read: /,
    ],
    [
      'its key is encrypted with another password',
      () => {
        const cipher = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'other' } as const;
        return written(
          'locked.pem',
          new X509Certificate(CERTIFICATE).toString() + privateKey.export(cipher).toString(),
        );
      },
      /locked\.pem holds no private key .*AZURE_CLIENT_CERTIFICATE_PASSWORD/,
    ],
  ])('reports a certificate that is not usable as %s', async (_, path, message) => {
    const { entra, token } = await given();
    const variables = { AZURE_CLIENT_CERTIFICATE_PATH: path(), AZURE_CLIENT_CERTIFICATE_PASSWORD: 'mine' };

    const failure = await failureOf(() => token({ variables }));

    expect([failure.code, failure.retryable]).toEqual(['login-refused', false]);
    expect(failure.message).toMatch(message);
    expect(entra.asked).toEqual([]);
  });

  it('takes a certificate that was mended meanwhile', async () => {
    const { entra, credential } = await given();
    const path = temporary('late.pem');
    const one = credential({ variables: { AZURE_CLIENT_CERTIFICATE_PATH: path } });
    await failureOf(() => one.token(REGISTRIES));
    written('late.pem', CERTIFICATE);

    expect(entra.read(await one.token(REGISTRIES))).toMatchObject({ appid: APP });
  });

  it.each(['http://127.0.0.1:9999', 'login.microsoftonline.com'])(
    'reports AZURE_AUTHORITY_HOST=%s, to which no secret may go',
    async (host) => {
      const variables = { AZURE_CLIENT_SECRET: 'right', AZURE_AUTHORITY_HOST: host };
      const login = { environment: 'public', tenantId: TENANT, clientId: APP, variables } as const;

      const failure = await failureOf(() => entraCredential(login).token(REGISTRIES));

      expect([failure.code, failure.retryable]).toEqual(['login-refused', false]);
      expect(failure.message).toMatch(/^AZURE_AUTHORITY_HOST is no address with https/);
    },
  );
});
