import { createVerify, type KeyObject } from 'node:crypto';
import { ECRClient, ListImagesCommand } from '@aws-sdk/client-ecr';
import { GetWebIdentityTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AwsSessions, connectEcr, type ListedImage } from '../../../lambda/registry/index.ts';
import { listen, registryContent, sendJson } from '../../../scripts/demo/registry.ts';
import { CUSTOMER_ROLE, customerRole, document } from '../../support/aws-roles.ts';
import { CUSTOMER } from '../../support/cdk.ts';
import { image, index, layer, push } from '../../support/image-builder.ts';
import { digestOf } from '../../support/read-all.ts';
import type { Role } from './iam.ts';
import { type AwsOptions, startAws } from './index.ts';

const REGION = 'eu-central-1';
const running: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of running.splice(0)) await close();
});

async function started(options: Partial<AwsOptions> = {}) {
  const aws = await startAws({ accountId: CUSTOMER, roles: [customerRole()], ...options });
  running.push(() => aws.close());
  return aws;
}

/** Reads with the customer's role itself. */
function connected(aws: Awaited<ReturnType<typeof started>>) {
  const credentials = async () => aws.sessionOf(CUSTOMER_ROLE);
  const sessions = new AwsSessions({ region: REGION, credentials, endpoints: { ecr: aws.origin } });
  const registry = connectEcr({ id: 'own', accountId: CUSTOMER, regions: [REGION] }, { sessions });
  running.unshift(() => registry.close());
  return registry;
}

function unexpected(gap: object): never {
  throw new Error(JSON.stringify(gap));
}

describe('doubles/aws', () => {
  it('serves the images of another registry as those of ECR', async () => {
    const content = registryContent();
    const upstream = await listen((request, response) => {
      if (request.url?.startsWith('/v2/_catalog') === true)
        sendJson(response, 200, { repositories: ['team/app'] });
      else content.handle(request, response);
    });
    running.push(() => upstream.close());
    const only = await layer([{ path: 'file', content: 'upstream' }]);
    const built = image([only]);
    push(content, 'team/app', '1', built);
    push(content, 'team/app', 'multi', index([built]));
    const registry = connected(await started({ upstream: { origin: upstream.origin, region: REGION } }));

    const images: ListedImage[] = [];
    for await (const repository of registry.repositories(unexpected)) {
      for await (const one of registry.images(repository, unexpected)) images.push(one);
      const source = await registry.open(repository, built.descriptor.digest);
      expect((await source.manifest()).bytes.equals(built.bytes)).toBe(true);
      expect(await digestOf(await source.blob(only.descriptor))).toBe(only.descriptor.digest);
    }

    expect(images.flatMap(({ tags }) => tags).sort()).toEqual(['1', 'multi']);
  });

  it('tells of each tag that is pushed', async () => {
    const aws = await started();
    const digest = push(aws.region(REGION), 'team/app', '1', image([await layer([])]));

    expect(aws.events).toEqual([
      expect.objectContaining({
        source: 'aws.ecr',
        'detail-type': 'ECR Image Action',
        account: CUSTOMER,
        region: REGION,
        detail: expect.objectContaining({
          'repository-name': 'team/app',
          'image-digest': digest,
          'image-tag': '1',
          'action-type': 'PUSH',
          result: 'SUCCESS',
        }),
      }),
    ]);
  });

  it('knows keys that somebody else gave out, and no others', async () => {
    const aws = await started({ keys: { AKIAELSEWHERE: CUSTOMER_ROLE } });
    aws.putRepository(REGION, 'team/app');
    const list = async (accessKeyId: string): Promise<number | undefined> => {
      const credentials = { accessKeyId, secretAccessKey: 'any' };
      const client = new ECRClient({ region: REGION, endpoint: aws.origin, credentials });
      const { $metadata } = await client.send(new ListImagesCommand({ repositoryName: 'team/app' }));
      return $metadata.httpStatusCode;
    };

    await expect(list('AKIAELSEWHERE')).resolves.toBe(200);
    await expect(list('AKIANOBODY')).rejects.toThrow('The security token included in the request is invalid');
  });

  it('signs web identities for the audience that the policy names, and for no other', async () => {
    const scanner: Role = {
      arn: `arn:aws:iam::${CUSTOMER}:role/Scanner`,
      trust: document({}),
      policies: [
        document({
          Effect: 'Allow',
          Action: 'sts:GetWebIdentityToken',
          Resource: '*',
          Condition: {
            'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': 'api://AzureADTokenExchange' },
          },
        }),
      ],
    };
    const aws = await started({ roles: [scanner] });
    const client = new STSClient({
      region: REGION,
      endpoint: aws.origin,
      credentials: aws.sessionOf(scanner.arn),
    });
    const ask = (audience: string) =>
      client.send(new GetWebIdentityTokenCommand({ Audience: [audience], SigningAlgorithm: 'RS256' }));

    const { WebIdentityToken: token = '' } = await ask('api://AzureADTokenExchange');

    expect(claimsOf(token, aws.webIdentity.key)).toMatchObject({
      iss: aws.webIdentity.issuer,
      sub: scanner.arn,
      aud: 'api://AzureADTokenExchange',
    });
    await expect(ask('api://Other')).rejects.toThrow(/not authorized to perform: sts:GetWebIdentityToken/);
  });
});

/** What a token says, once its signature is checked. */
function claimsOf(token: string, key: KeyObject): unknown {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const verify = createVerify('sha256').update(`${header}.${payload}`);
  if (!verify.verify(key, Buffer.from(signature, 'base64url'))) throw new Error('the signature is wrong');
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}
