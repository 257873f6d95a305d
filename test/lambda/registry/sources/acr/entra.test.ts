import { createSign, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
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
import { APP, REGISTRIES, TENANT } from './setting.ts';

const HOME = '11111111-aaaa-4bbb-8ccc-222222222222';
const ISSUER = 'https://8a7d.tokens.sts.global.api.aws';
const ROLE = 'arn:aws:iam::111122223333:role/BacklineScanner';
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
  const certificate = readFileSync(LOOPBACK_PEM, 'utf8');
  const federated = { issuer: ISSUER, subject: ROLE, key: publicKey };
  const entra = entraDouble({
    applications: [{ id: APP, secret: 'right', certificate, federated }],
    tenants,
    resources: [REGISTRIES],
  });
  const server = await startEntraServer(entra);
  running.push(() => server.close());
  const options = { tlsOptions: { ca: certificate }, retryOptions: { maxRetries: 0 } };
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
      'AuthenticationRequiredError',
      'AADSTS90033: A transient error has occurred. Please try again',
      'login-refused',
    ],
  ])('understands %s: %s', (name, message, code) => {
    const error = Object.assign(new Error(message), { name });
    const asked = { clientId: APP, tenantId: TENANT, host: 'https://entra.test', audience: REGISTRIES };

    const failure = entraFailure(error, asked);

    expect(failure.code).toBe(code);
    expect(failure.retryable).toBe(code === 'registry-unreachable' || message.includes('transient'));
    expect(failure.data['remedy']).not.toBe('');
  });
});
