import { createSign, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  acrLoginOf,
  acrRegistry,
  stsWebIdentityToken,
  testAcrConnection,
} from '../../../../../lambda/registry/index.ts';
import { listen } from '../../../../../scripts/demo/registry.ts';
import { startAcr } from '../../../../doubles/azure/acr.ts';
import { entraDouble } from '../../../../doubles/azure/entra.ts';
import { formOf, LOOPBACK_PEM, startEntraServer } from '../../../../doubles/azure/entra-server.ts';
import { image, layer, push } from '../../../../support/image-builder.ts';
import { digestOf } from '../../../../support/read-all.ts';
import { APP, all, REGISTRIES, TENANT } from './setting.ts';

const ISSUER = 'https://8a7d.tokens.sts.global.api.aws';
const ROLE = 'arn:aws:iam::111122223333:role/BacklineScanner';

const running: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one.close();
});

/** An STS that signs for one role what it is asked to. */
function signer() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const sign = (form: URLSearchParams): string => {
    const now = Math.floor(Date.now() / 1000);
    const audience = form.get('Audience.member.1');
    const exp = now + Number(form.get('DurationSeconds'));
    const parts = [
      { alg: form.get('SigningAlgorithm') },
      { iss: ISSUER, sub: ROLE, aud: audience, iat: now, exp },
    ];
    const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${text}.${createSign('sha256').update(text).sign(privateKey).toString('base64url')}`;
  };
  const server = listen((request, response) => {
    void formOf(request).then((form) => {
      const token = `<WebIdentityToken>${sign(form)}</WebIdentityToken>`;
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(
        `<GetWebIdentityTokenResponse><GetWebIdentityTokenResult>${token}</GetWebIdentityTokenResult></GetWebIdentityTokenResponse>`,
      );
    });
  });
  return { server, publicKey };
}

describe('registry/sources/acr/federated', () => {
  it('reads a registry of another tenant with nothing but the role of AWS', async () => {
    const { server, publicKey } = signer();
    const aws = await server;
    running.push(aws);
    const federated = { issuer: ISSUER, subject: ROLE, key: publicKey };
    const entra = entraDouble({
      applications: [{ id: APP, federated }],
      tenants: { [TENANT]: [APP] },
      resources: [REGISTRIES],
    });
    const entraServer = await startEntraServer(entra);
    running.push(entraServer);
    const acr = await startAcr({
      entra,
      tenantId: TENANT,
      mode: 'abac',
      audiences: [REGISTRIES],
      assignments: [
        { appId: APP, role: 'Repository Reader' },
        { appId: APP, role: 'Catalog Lister' },
      ],
    });
    running.push(acr);
    const only = await layer([{ path: 'etc/os-release', content: 'ID=debian' }]);
    const built = image([only]);
    push(acr, 'team/app', '1', built);
    const sts = {
      region: 'eu-west-1',
      endpoints: { sts: aws.origin },
      credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
    };
    const login = acrLoginOf(
      { login: 'federated', environment: 'public', tenantId: TENANT, appId: APP },
      {
        variables: { AZURE_AUTHORITY_HOST: entraServer.origin },
        webIdentityToken: stsWebIdentityToken(sts),
        entra: { tlsOptions: { ca: readFileSync(LOOPBACK_PEM, 'utf8') } },
      },
    );
    const options = { loginServers: [acr.host], login, insecure: true };
    const registry = acrRegistry(options);
    running.push(registry);

    const [repository] = await all(registry.repositories(() => {}));
    if (repository === undefined) throw new Error('no repository');
    const [listed] = await all(registry.images(repository, () => {}));
    const source = await registry.open(repository, listed?.digest ?? '');
    const digest = await digestOf(await source.blob(only.descriptor));
    const checks = await testAcrConnection(options);

    expect(repository.name).toBe('team/app');
    expect(listed).toMatchObject({ digest: built.descriptor.digest, tags: ['1'] });
    expect(digest).toBe(only.descriptor.digest);
    expect(checks.filter(({ outcome }) => outcome !== 'passed').map(({ id }) => id)).toEqual(['settings']);
  });
});
