import { afterEach, describe, expect, it } from '@jest/globals';
import { RegistryError, stsWebIdentityToken } from '../../../../../lambda/registry/index.ts';
import type { WebIdentityOptions } from '../../../../../lambda/registry/sources/acr/web-identity.ts';
import { type Listening, listen } from '../../../../../scripts/demo/registry.ts';
import { formOf } from '../../../../doubles/azure/entra-server.ts';

const running: Listening[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

/** STS with one answer, in its own protocol, and what it was asked. */
async function sts(
  status: number,
  body: string,
): Promise<{ config: WebIdentityOptions; asked: Record<string, string>[] }> {
  const asked: Record<string, string>[] = [];
  const server = await listen((request, response) => {
    void formOf(request).then((form) => {
      asked.push(Object.fromEntries(form));
      response.writeHead(status, { 'content-type': 'text/xml' });
      response.end(body);
    });
  });
  running.push(server);
  return { config: configOf(server.origin), asked };
}

function configOf(origin: string): WebIdentityOptions {
  const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' });
  return { region: 'eu-west-1', endpoints: { sts: origin }, credentials, maxAttempts: 1 };
}

const AUDIENCE = 'api://AzureADTokenExchange';
const SIGNED =
  '<GetWebIdentityTokenResponse><GetWebIdentityTokenResult><WebIdentityToken>signed</WebIdentityToken>' +
  '</GetWebIdentityTokenResult></GetWebIdentityTokenResponse>';

function failed(code: string, message: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
}

async function failureOf(config: WebIdentityOptions): Promise<RegistryError> {
  const error: unknown = await stsWebIdentityToken(config)(AUDIENCE).catch((error: unknown) => error);
  if (!(error instanceof RegistryError)) throw new Error('expected a RegistryError', { cause: error });
  return error;
}

describe('registry/sources/acr/web-identity', () => {
  it('asks STS for a statement that Entra takes', async () => {
    const { config, asked } = await sts(200, SIGNED);

    expect(await stsWebIdentityToken(config)(AUDIENCE)).toBe('signed');
    expect(asked[0]).toMatchObject({
      Action: 'GetWebIdentityToken',
      'Audience.member.1': AUDIENCE,
      SigningAlgorithm: 'RS256',
      DurationSeconds: '300',
    });
  });

  it('gives a statement again for half of its life, also to those who ask together', async () => {
    let now = 0;
    const { config, asked } = await sts(200, SIGNED);
    const token = stsWebIdentityToken({ ...config, now: () => now });

    await Promise.all([token(AUDIENCE), token(AUDIENCE)]);
    now = 149_000;
    await token(AUDIENCE);
    expect(asked).toHaveLength(1);
    now = 151_000;
    await token(AUDIENCE);

    expect(asked).toHaveLength(2);
  });

  it('gives a statement for one audience to no other', async () => {
    const { config, asked } = await sts(200, SIGNED);
    const token = stsWebIdentityToken({ ...config, now: () => 0 });

    await token(AUDIENCE);
    await token('api://AzureADTokenExchangeUSGov');

    expect(asked.map((form) => form['Audience.member.1'])).toEqual([
      AUDIENCE,
      'api://AzureADTokenExchangeUSGov',
    ]);
  });

  it('asks again after a failure', async () => {
    const { config, asked } = await sts(403, failed('AccessDenied', 'not authorized'));
    const token = stsWebIdentityToken(config);

    await expect(token(AUDIENCE)).rejects.toThrow('not authorized');
    await expect(token(AUDIENCE)).rejects.toThrow('not authorized');

    expect(asked).toHaveLength(2);
  });

  it.each([
    [
      'a disabled federation',
      failed('OutboundWebIdentityFederationDisabled', 'not enabled'),
      /enable-outbound-web-identity-federation$/,
    ],
    [
      'a missing permission',
      failed('AccessDenied', 'not authorized'),
      /allow the role sts:GetWebIdentityToken for the audience api:\/\/AzureADTokenExchange$/,
    ],
  ])('reports %s with its remedy', async (_, body, remedy) => {
    const { config } = await sts(403, body);

    const failure = await failureOf(config);

    expect([failure.code, failure.retryable]).toEqual(['login-refused', false]);
    expect(failure.message).toMatch(remedy);
  });

  it.each([
    [
      'does not answer in time',
      503,
      failed('ServiceUnavailable', 'busy'),
      'registry-error',
      /try again later$/,
    ],
    ['limits the rate', 400, failed('Throttling', 'Rate exceeded'), 'rate-limited', /try again later$/],
  ])('reports that STS %s as what may pass', async (_, status, body, code, remedy) => {
    const { config } = await sts(status, body);

    const failure = await failureOf(config);

    expect([failure.code, failure.retryable]).toEqual([code, true]);
    expect(failure.message).toMatch(remedy);
  });

  it('reports an STS that cannot be reached, and may be later', async () => {
    const { config } = await sts(200, SIGNED);
    for (const server of running.splice(0)) await server.close();

    const failure = await failureOf(config);

    expect([failure.code, failure.retryable]).toEqual(['registry-unreachable', true]);
    expect(failure.message).toMatch(/check that STS of the region can be reached from here$/);
  });

  it('reports keys that AWS does not know', async () => {
    const { config } = await sts(403, failed('InvalidClientTokenId', 'The security token is invalid'));

    const failure = await failureOf(config);

    expect([failure.code, failure.retryable]).toEqual(['unauthorized', false]);
    expect(failure.message).toMatch(/check the credentials and the region of AWS that this process has$/);
  });

  it('reports an answer without a token', async () => {
    const { config } = await sts(
      200,
      '<GetWebIdentityTokenResponse><GetWebIdentityTokenResult></GetWebIdentityTokenResult></GetWebIdentityTokenResponse>',
    );

    expect((await failureOf(config)).message).toContain('STS answers without a token for Entra');
  });
});
