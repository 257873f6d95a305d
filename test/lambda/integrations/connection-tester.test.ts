import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { checkSchema, connectionTester, type EcrIntegration } from '../../../lambda/integrations/index.ts';
import { type AwsDouble, startAws } from '../../doubles/aws/index.ts';
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
    const test = tester();
    const { schemaVersion, connected, createdAt, updatedAt } = INTEGRATION;
    const common = {
      schemaVersion,
      connected,
      createdAt,
      updatedAt,
      id: 'acr-1',
      environment: 'public' as const,
    };

    const act = () =>
      test({
        ...common,
        provider: 'acr',
        tenantId: '11112222-3333-4444-8555-666677778888',
        login: 'federated',
        loginServers: ['team.azurecr.io'],
      });

    expect(await codeOf(act)).toBe('login-refused');
  });
});
