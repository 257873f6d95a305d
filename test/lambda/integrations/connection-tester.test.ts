import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  type AcrIntegration,
  checkSchema,
  connectionTester,
  type EcrIntegration,
} from '../../../lambda/integrations/index.ts';
import { type AwsDouble, startAws } from '../../doubles/aws/index.ts';
import { entraDouble } from '../../doubles/azure/entra.ts';
import { type EntraServer, LOOPBACK_PEM, startEntraServer } from '../../doubles/azure/entra-server.ts';
import {
  CUSTOMER_ROLE,
  customerRole,
  EXTERNAL_ID,
  FUNCTION_ROLE,
  hubRoles,
  READER_ROLE,
} from '../../support/aws-roles.ts';
import { CUSTOMER } from '../../support/cdk.ts';
import { codeOf } from '../../support/code-of.ts';
import { image, layer, push } from '../../support/image-builder.ts';

const INTEGRATION: EcrIntegration = {
  schemaVersion: 1,
  id: 'ecr-customer',
  provider: 'ecr',
  accountId: CUSTOMER,
  roleArn: CUSTOMER_ROLE,
  externalId: EXTERNAL_ID,
  regions: ['eu-central-1'],
  connected: true,
  createdAt: '',
  updatedAt: '',
};

const TENANT = '409520d4-8100-4d1d-ad47-72432ddcc120';
const APP = '3fc75f55-e53f-4950-9127-665106cded58';
const ACR_INTEGRATION: AcrIntegration = {
  schemaVersion: 1,
  id: 'acr-team',
  provider: 'acr',
  tenantId: TENANT,
  appId: APP,
  login: 'default',
  loginServers: ['team.azurecr.io'],
  environment: 'public',
  connected: true,
  createdAt: '',
  updatedAt: '',
};

describe('integrations/connection-tester', () => {
  let aws: AwsDouble;
  beforeEach(async () => {
    aws = await startAws({ accountId: CUSTOMER, roles: [...hubRoles(), customerRole()] });
  });
  afterEach(() => aws.close());
  const tester = () => {
    const keys = aws.sessionOf(FUNCTION_ROLE);
    const endpoints = { ecr: aws.origin, sts: aws.origin };
    const credentials = async () => keys;
    return connectionTester({
      aws: { region: 'eu-central-1', readerRoleArn: READER_ROLE, credentials, endpoints },
      variables: {},
    });
  };

  it('tests an AWS account by its chain of roles', async () => {
    push(aws.region('eu-central-1'), 'team/app', '1', image([await layer([{ path: 'a', content: 'x' }])]));

    const checks = await tester()(INTEGRATION);

    expect(checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(checks.filter(({ outcome }) => outcome === 'passed').length).toBeGreaterThan(3);
    expect(z.array(checkSchema).safeParse(checks).error).toBeUndefined();
  });

  it('uses no session from before a role changed', async () => {
    const test = tester();
    await test(INTEGRATION);
    aws.putRole({ ...customerRole(), policies: [], trust: { Version: '2012-10-17', Statement: [] } });

    const checks = await test(INTEGRATION);

    expect(checks.map(({ id, outcome }) => `${id} ${outcome}`)).toContain('assume-role failed');
  });

  it('fails when this process has no login that a tenant asks for', async () => {
    const { appId: _, ...without } = ACR_INTEGRATION;

    expect(await codeOf(() => tester()({ ...without, login: 'federated' }))).toBe('login-refused');
  });
});

describe('integrations/connection-tester with Entra', () => {
  const trusted = getCACertificates('default');
  const principals: string[] = [];
  let entra: EntraServer;
  beforeAll(async () => {
    setDefaultCACertificates([...trusted, readFileSync(LOOPBACK_PEM, 'utf8')]);
    const applications = [{ id: APP, secret: 'right' }];
    const resources = ['https://containerregistry.azure.net'];
    entra = await startEntraServer(
      entraDouble({ applications, tenants: { [TENANT]: principals }, resources }),
    );
  });
  afterAll(async () => {
    setDefaultCACertificates(trusted);
    await entra.close();
  });

  it('uses no token from before a service principal was deleted', async () => {
    const test = connectionTester({
      aws: { region: 'eu-central-1' },
      variables: { AZURE_CLIENT_SECRET: 'right', AZURE_AUTHORITY_HOST: entra.origin },
      http: { fetch: async () => new Response('', { status: 404 }) },
    });
    const token = async () => (await test(ACR_INTEGRATION)).find(({ id }) => id === 'token');
    principals.push(APP);
    expect(await token()).toMatchObject({ outcome: 'passed' });
    principals.pop();

    expect(await token()).toMatchObject({
      outcome: 'failed',
      detail: expect.stringMatching(/has no service principal .*AADSTS7000229/),
    });
  });
});
