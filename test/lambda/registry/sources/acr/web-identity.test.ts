import type { STSClientConfig } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from '@jest/globals';
import { RegistryError, stsWebIdentityToken } from '../../../../../lambda/registry/index.ts';
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
): Promise<{ config: STSClientConfig; asked: Record<string, string>[] }> {
  const asked: Record<string, string>[] = [];
  const server = await listen((request, response) => {
    void formOf(request).then((form) => {
      asked.push(Object.fromEntries(form));
      response.writeHead(status, { 'content-type': 'text/xml' });
      response.end(body);
    });
  });
  running.push(server);
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  return {
    config: { region: 'eu-west-1', endpoint: server.origin, credentials, maxAttempts: 1 },
    asked,
  };
}

const AUDIENCE = 'api://AzureADTokenExchange';
const SIGNED =
  '<GetWebIdentityTokenResponse><GetWebIdentityTokenResult><WebIdentityToken>signed</WebIdentityToken>' +
  '</GetWebIdentityTokenResult></GetWebIdentityTokenResponse>';

function failed(code: string, message: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
}

async function failureOf(config: STSClientConfig): Promise<RegistryError> {
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
    const token = stsWebIdentityToken(config, () => now);

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
    const token = stsWebIdentityToken(config, () => 0);

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

  it('reports an answer without a token', async () => {
    const { config } = await sts(
      200,
      '<GetWebIdentityTokenResponse><GetWebIdentityTokenResult></GetWebIdentityTokenResult></GetWebIdentityTokenResponse>',
    );

    expect((await failureOf(config)).message).toContain('STS answers without a token');
  });
});
