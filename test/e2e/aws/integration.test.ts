import { DescribeImagesCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { AssumeRoleCommand, type Credentials, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../../support/aws/call.ts';
import { type CdkCli, cdkCli, type StackOutputs } from '../../support/aws/cdk-cli.ts';
import { type MiniStack, startMiniStack } from '../../support/aws/mini-stack.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const HUB = '111122223333';
const CUSTOMER = '444455556666';
const STACK = 'BacklineECRIntegration';
const EXTERNAL_ID = 'of-this-integration-alone';
const repositoryName = 'team/app';
const READER = `arn:aws:iam::${HUB}:role/BacklineIntegrationReadOnlyECR`;
const CONTEXT = { externalId: EXTERNAL_ID, trustedPrincipal: READER };

describe('e2e/aws/integration', () => {
  const path = temporaryDirectory();
  let stack: MiniStack;
  let cdk: CdkCli;
  let outputs: StackOutputs;
  let reader: Credentials;

  /** Makes roles in the hub's account and gives a session of one. */
  async function roleOfHub(name: string, policy?: object): Promise<Credentials> {
    const trust = allow('sts:AssumeRole', { Principal: { AWS: HUB } });
    await call(stack, HUB, ['iam', 'create_role'], {
      RoleName: name,
      AssumeRolePolicyDocument: JSON.stringify(trust),
    });
    if (policy !== undefined) {
      await call(stack, HUB, ['iam', 'put_role_policy'], {
        RoleName: name,
        PolicyName: 'policy',
        PolicyDocument: JSON.stringify(policy),
      });
    }
    return assume(undefined, { RoleArn: `arn:aws:iam::${HUB}:role/${name}` });
  }

  async function assume(
    as: Credentials | undefined,
    request: { readonly RoleArn: string | undefined; readonly ExternalId?: string },
  ): Promise<Credentials> {
    const sts = new STSClient({ ...stack.client(HUB), ...(as === undefined ? {} : signedBy(as)) });
    const answer = await sts.send(new AssumeRoleCommand({ ...request, RoleSessionName: 'backline' }));
    if (answer.Credentials === undefined) throw new Error('no credentials');
    return answer.Credentials;
  }

  async function ecrOfCustomer(): Promise<ECRClient> {
    const session = await assume(reader, {
      RoleArn: outputs[STACK]?.['RoleArn'],
      ExternalId: EXTERNAL_ID,
    });
    return new ECRClient({ ...stack.client(CUSTOMER), ...signedBy(session) });
  }

  beforeAll(async () => {
    stack = await startMiniStack(path(), HUB);
    cdk = cdkCli(stack, CUSTOMER, path());
    outputs = await cdk.deploy([STACK], CONTEXT);
    reader = await roleOfHub(
      'BacklineIntegrationReadOnlyECR',
      allow('sts:AssumeRole', { Resource: 'arn:aws:iam::*:role/BacklineECRIntegrationRole' }),
    );
  }, 300_000);

  afterAll(() => stack?.stop());

  it('deploys into an account that was not bootstrapped, and tells what to enter in the hub', () => {
    expect(outputs[STACK]).toEqual({
      RoleArn: `arn:aws:iam::${CUSTOMER}:role/BacklineECRIntegrationRole`,
      ExternalId: EXTERNAL_ID,
      AccountId: CUSTOMER,
      TrustedPrincipal: READER,
    });
  });

  it('lets the hub in with its external id', async () => {
    const session = await assume(reader, { RoleArn: outputs[STACK]?.['RoleArn'], ExternalId: EXTERNAL_ID });

    expect(session.SessionToken).toBeDefined();
  });

  it.each([
    ['a wrong external id', { ExternalId: 'of-another-integration' }],
    ['none', {}],
  ])('rejects the hub with %s', async (_, externalId) => {
    const attempt = assume(reader, { RoleArn: outputs[STACK]?.['RoleArn'], ...externalId });

    await expect(attempt).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('rejects another role of the same account, with the external id', async () => {
    const other = await roleOfHub('Other', allow('sts:AssumeRole', { Resource: '*' }));

    const attempt = assume(other, { RoleArn: outputs[STACK]?.['RoleArn'], ExternalId: EXTERNAL_ID });

    await expect(attempt).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('lets the hub read images, and write none', async () => {
    await call(stack, CUSTOMER, ['ecr', 'create_repository'], { repositoryName });
    const ecr = await ecrOfCustomer();

    const images = await ecr.send(new DescribeImagesCommand({ repositoryName }));
    const written = ecr.send(new PutImageCommand({ repositoryName, imageManifest: '{}', imageTag: '1' }));

    expect(images.imageDetails).toEqual([]);
    await expect(written).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('deploys a change: of repositories that are not named any more, nothing is read', async () => {
    await cdk.deploy([STACK], { ...CONTEXT, repositories: 'other/*' });
    const ecr = await ecrOfCustomer();

    const images = ecr.send(new DescribeImagesCommand({ repositoryName }));

    await expect(images).rejects.toMatchObject({ name: 'AccessDeniedException' });
  }, 120_000);

  it('leaves nothing when it is destroyed', async () => {
    await cdk.destroy([STACK], CONTEXT);

    expect(await call(stack, CUSTOMER, ['iam', 'list_roles'])).toMatchObject({ Roles: [] });
    await expect(
      assume(reader, { RoleArn: outputs[STACK]?.['RoleArn'], ExternalId: EXTERNAL_ID }),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
  }, 120_000);
});

function allow(action: string, rest: object): object {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, ...rest }] };
}

function signedBy({ AccessKeyId = '', SecretAccessKey = '', SessionToken = '' }: Credentials): object {
  return {
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    },
  };
}
