import { describe, expect, it } from '@jest/globals';
import { AwsSessions, type EcrAccount, testEcrConnection } from '../../../../../lambda/registry/index.ts';
import type { PolicyDocument, Role } from '../../../../doubles/aws/iam.ts';
import {
  CUSTOMER_ROLE,
  customerRole,
  document,
  EXTERNAL_ID,
  hubRoles,
  READER_ROLE,
} from '../../../../support/aws-roles.ts';
import { CUSTOMER } from '../../../../support/cdk.ts';
import { image, layer, push } from '../../../../support/image-builder.ts';
import { REGION, type Setting, type SettingOptions, setting } from './setting.ts';

const ACCOUNT: EcrAccount = {
  id: 'ecr-customer',
  accountId: CUSTOMER,
  roleArn: CUSTOMER_ROLE,
  externalId: EXTERNAL_ID,
  regions: [REGION],
};
const REGIONAL = [
  'log-in',
  'list-repositories',
  'describe-images',
  'list-images',
  'read-manifests',
  'read-layers',
];

/** An account with one image. */
async function account(options: SettingOptions = {}): Promise<Setting> {
  const there = await setting(options);
  push(there.aws.region(REGION), 'app', '1', image([await layer([])]));
  return there;
}

/** What the checks came to, by id; details and remedies are in `checks`. */
async function tested({ sessions }: Pick<Setting, 'sessions'>, change: Partial<EcrAccount> = {}) {
  const checks = await testEcrConnection({ ...ACCOUNT, ...change }, { sessions });
  return { checks, outcomes: Object.fromEntries(checks.map(({ id, outcome }) => [id, outcome])) };
}

/** The role of the template, with each policy's actions changed. */
function roleWith(change: (actions: string[]) => string[]): Role {
  const policies = customerRole().policies.map((policy): PolicyDocument => {
    const statements = policy.Statement.map((statement) => {
      const { Action } = statement as { Action: string | string[] };
      return { ...statement, Action: change([Action].flat()) };
    });
    return { ...policy, Statement: statements.filter(({ Action }) => Action.length > 0) };
  });
  return { ...customerRole(), policies: policies.filter(({ Statement }) => Statement.length > 0) };
}

function without(action: string): Role {
  return roleWith((actions) => actions.filter((one) => one !== action));
}

describe('registry/sources/ecr/connection', () => {
  it('passes every check on the role of the template, reading no image', async () => {
    const there = await account();

    const { checks } = await tested(there);

    expect(checks.map(({ id, on, outcome }) => [id, on, outcome])).toEqual([
      ['reader-role', undefined, 'passed'],
      ['assume-role', undefined, 'passed'],
      ['wrong-external-id-refused', undefined, 'passed'],
      ['missing-external-id-refused', undefined, 'passed'],
      ['account', undefined, 'passed'],
      ...REGIONAL.map((id) => [id, REGION, 'passed']),
    ]);
    expect(checks.filter(({ remedy }) => remedy !== undefined)).toEqual([]);
    expect(there.aws.layerRequests).toEqual([]);
    const asked = there.aws.calls.flatMap(({ input }) =>
      [...(input.imageIds ?? []), input.layerDigest ?? []].flat(),
    );
    expect(asked).toEqual([{ imageDigest: `sha256:${'0'.repeat(64)}` }, `sha256:${'0'.repeat(64)}`]);
  });

  it('tries the permissions in each region', async () => {
    const there = await account();
    push(there.aws.region('us-east-1'), 'other', '1', image([await layer([])]));

    const { checks } = await tested(there, { regions: [REGION, 'us-east-1'] });

    expect(checks.slice(5).map(({ id, on }) => [id, on])).toEqual(
      [REGION, 'us-east-1'].flatMap((region) => REGIONAL.map((id) => [id, region])),
    );
  });

  it('warns of a role that asks for no external id, or takes any', async () => {
    const there = await account();
    const trust = document({ Effect: 'Allow', Principal: { AWS: READER_ROLE }, Action: 'sts:AssumeRole' });
    there.aws.putRole({ ...customerRole(), trust });

    const { checks, outcomes } = await tested(there);

    expect(outcomes).toMatchObject({
      'assume-role': 'passed',
      'wrong-external-id-refused': 'warning',
      'missing-external-id-refused': 'warning',
      'read-layers': 'passed',
    });
    expect(checks[2]?.detail).toMatch(/anyone could use this role/);
    expect(checks[2]?.remedy).toMatch(/StringEquals on sts:ExternalId/);
  });

  it('warns when refusals cannot be tried', async () => {
    const there = await account({ maxAttempts: 1 });
    there.aws.fail({ action: 'AssumeRole', code: 'Throttling', after: 2, times: 1 });

    const { checks, outcomes } = await tested(there);

    expect(outcomes).toMatchObject({ 'assume-role': 'passed', 'missing-external-id-refused': 'passed' });
    expect(checks[2]).toMatchObject({ outcome: 'warning', remedy: 'try again in a while' });
  });

  it('fails when the hub may not assume its own role, and tries nothing else', async () => {
    const there = await account();
    const [own] = hubRoles() as [Role];
    there.aws.putRole({ arn: READER_ROLE, trust: own.trust, policies: [] });

    const { checks } = await tested(there);

    expect(checks.map(({ outcome }) => outcome)).toEqual(['failed', ...Array<string>(10).fill('skipped')]);
    expect(checks[0]?.remedy).toMatch(/this is of the hub/);
    expect(there.actions()).toEqual([]);
  });

  it('fails with an external id that is not that of the role', async () => {
    const there = await account();

    const { checks, outcomes } = await tested(there, { externalId: 'of-another-customer' });

    expect(outcomes).toMatchObject({ 'reader-role': 'passed', 'assume-role': 'failed', account: 'skipped' });
    expect(checks[1]?.remedy).toMatch(/asks for this external id/);
    expect(checks.every(({ outcome, remedy }) => outcome === 'passed' || remedy !== undefined)).toBe(true);
  });

  it('says what is refused and what to do once each', async () => {
    const there = await account();
    there.aws.putRole(without('ecr:BatchGetImage'));

    const { checks } = await tested(there, { externalId: 'of-another-customer' });
    const reading = (await tested(there)).checks.find(({ id }) => id === 'read-manifests');

    expect(checks[1]?.detail).toMatch(/^AWS refuses to assume [^;]*$/);
    expect(checks[1]?.detail.match(/is not authorized/g)).toHaveLength(1);
    expect(reading?.detail).not.toContain('grant');
    expect(reading?.remedy).toBe('grant ecr:BatchGetImage on the repositories to scan');
  });

  it.each([
    ['has no login', 'CredentialsProviderError'],
    ['has a login that has ended', 'ExpiredTokenException'],
  ])('fails when who asks %s, and says to log in', async (_what, name) => {
    const there = await account();
    const credentials = async () => {
      throw Object.assign(new Error('no credentials'), { name });
    };
    const { endpoints = {} } = there.sessions.options;
    const sessions = new AwsSessions({ region: REGION, credentials, endpoints });

    const { checks } = await tested({ sessions });

    expect(checks[0]).toMatchObject({
      id: 'assume-role',
      outcome: 'failed',
      remedy: expect.stringMatching(/^log in to AWS: /),
    });
    expect(checks[0]?.detail.match(/no credentials/g)).toHaveLength(1);
  });

  it('fails when the account is another than stated', async () => {
    const there = await account();

    const { checks, outcomes } = await tested(there, { accountId: '777788889999' });

    expect(outcomes).toMatchObject({ 'assume-role': 'passed', account: 'failed', 'read-layers': 'skipped' });
    expect(checks[4]?.detail).toMatch(/444455556666.*777788889999/);
  });

  it.each([
    ['ecr:GetAuthorizationToken', 'log-in', 'warning'],
    ['ecr:DescribeImages', 'describe-images', 'warning'],
    ['ecr:ListImages', 'list-images', 'warning'],
    ['ecr:BatchGetImage', 'read-manifests', 'failed'],
    ['ecr:GetDownloadUrlForLayer', 'read-layers', 'failed'],
  ])('reports that %s is missing', async (action, id, outcome) => {
    const there = await account();
    there.aws.putRole(without(action));

    const { checks } = await tested(there);

    const others = checks.filter((check) => check.id !== id);
    expect(new Set(others.map((check) => check.outcome))).toEqual(new Set(['passed']));
    expect(checks.find((check) => check.id === id)).toMatchObject({
      outcome,
      remedy: expect.stringContaining(`grant ${action}`),
    });
  });

  it('fails when neither way of listing images is granted', async () => {
    const there = await account();
    there.aws.putRole(
      roleWith((actions) => actions.filter((one) => !/^ecr:(?:DescribeI|ListI)mages$/.test(one))),
    );

    const { outcomes } = await tested(there);

    expect(outcomes).toMatchObject({
      'describe-images': 'failed',
      'list-images': 'failed',
      'read-layers': 'passed',
    });
  });

  it.each([
    ['fails', {}, 'failed', 'skipped'],
    ['warns when only some are named', { include: ['app', 'team/*'] }, 'warning', 'passed'],
    ['passes when all are named', { include: ['app'] }, 'passed', 'passed'],
  ])('without the right to list repositories %s', async (_, filter, listing, reading) => {
    const there = await account({ role: { discovery: false } });

    const { outcomes } = await tested(there, filter);

    expect(outcomes).toMatchObject({ 'list-repositories': listing, 'read-layers': reading });
  });

  it('looks for a repository that may be read among those that may not', async () => {
    const there = await account({ role: { optOutTag: 'backline:scan=false' } });
    there.aws.putRepository(REGION, 'aaa', { 'backline:scan': 'false' });

    const { checks } = await tested(there);

    expect(checks.at(-1)).toMatchObject({ outcome: 'passed', detail: expect.stringContaining('on app') });
  });

  it('skips what there is no repository for', async () => {
    const { outcomes } = await tested(await setting());

    expect(outcomes).toMatchObject({ 'list-repositories': 'passed', 'read-manifests': 'skipped' });
  });

  it('tests the own account without any role', async () => {
    const there = await account();
    const keys = there.aws.sessionOf(CUSTOMER_ROLE);
    const sessions = new AwsSessions({
      region: REGION,
      credentials: async () => keys,
      endpoints: there.sessions.options.endpoints ?? {},
    });

    const checks = await testEcrConnection(
      { id: 'own', accountId: CUSTOMER, regions: [REGION] },
      { sessions },
    );

    expect(checks.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['account', 'passed'],
      ...REGIONAL.map((id) => [id, 'passed']),
    ]);
  });
});
