import { afterEach, describe, expect, it } from '@jest/globals';
import { AwsSessions, type AwsSessionsOptions } from '../../../../lambda/registry/index.ts';
import { type AwsDouble, startAws } from '../../../doubles/aws/index.ts';
import {
  CUSTOMER_ROLE,
  customerRole,
  document,
  EXTERNAL_ID,
  FUNCTION_ROLE,
  hubRoles,
  READER_ROLE,
} from '../../../support/aws-roles.ts';
import { CUSTOMER } from '../../../support/cdk.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const MINUTE_MS = 60_000;
const ROLE = { roleArn: CUSTOMER_ROLE, externalId: EXTERNAL_ID, id: 'ecr-customer' };

const running: AwsDouble[] = [];

afterEach(async () => {
  for (const aws of running.splice(0)) await aws.close();
});

/** STS with the roles of hub and customer, under a clock that is moved by hand. */
async function setting(options: Partial<AwsSessionsOptions> = {}) {
  const clock = { now: START };
  const now = (): number => clock.now;
  const aws = await startAws({ accountId: CUSTOMER, roles: [...hubRoles(), customerRole()], now });
  running.push(aws);
  const keys = aws.sessionOf(FUNCTION_ROLE, 1_000_000);
  const sessions = new AwsSessions({
    region: 'eu-central-1',
    readerRoleArn: READER_ROLE,
    credentials: async () => keys,
    endpoints: { sts: aws.origin },
    maxAttempts: 2,
    now,
    ...options,
  });
  const assumed = (): (string | null)[] => aws.calls.map(({ form }) => form.get('RoleArn'));
  return { aws, clock, sessions, assumed };
}

describe('registry/aws/sessions', () => {
  it('assumes the reader role, then that of the customer with the external id, for an hour', async () => {
    const { aws, sessions } = await setting();

    const credentials = await sessions.of(ROLE).credentials();

    expect(credentials.expiration?.getTime()).toBe(START + 60 * MINUTE_MS);
    expect(aws.calls.map(({ form, caller }) => ({ ...Object.fromEntries(form), caller }))).toEqual([
      expect.objectContaining({
        RoleArn: READER_ROLE,
        RoleSessionName: 'backline-reader',
        DurationSeconds: '3600',
        caller: 'arn:aws:sts::198331734661:assumed-role/backline-scan-function/process',
      }),
      expect.objectContaining({
        RoleArn: CUSTOMER_ROLE,
        ExternalId: EXTERNAL_ID,
        RoleSessionName: 'backline-ecr-customer',
        caller: 'arn:aws:sts::198331734661:assumed-role/BacklineIntegrationReadOnlyECR/backline-reader',
      }),
    ]);
    expect(aws.calls[0]?.form.has('ExternalId')).toBe(false);
  });

  it('keeps a session until five minutes before its end', async () => {
    const { clock, sessions, assumed } = await setting();
    const first = await sessions.of(ROLE).credentials();

    clock.now += 55 * MINUTE_MS;
    expect(await sessions.of(ROLE).credentials()).toBe(first);
    clock.now += 1;
    const second = await sessions.of(ROLE).credentials();

    expect(second.accessKeyId).not.toBe(first.accessKeyId);
    expect(assumed()).toEqual([READER_ROLE, CUSTOMER_ROLE, READER_ROLE, CUSTOMER_ROLE]);
  });

  it('shares one session among all who ask at the same time', async () => {
    const { sessions, assumed } = await setting();

    const all = await Promise.all(Array.from({ length: 20 }, () => sessions.of(ROLE).credentials()));

    expect(new Set(all.map(({ accessKeyId }) => accessKeyId)).size).toBe(1);
    expect(assumed()).toHaveLength(2);
  });

  it('shares the reader role among integrations, and nothing else', async () => {
    const { sessions, assumed } = await setting();

    const one = await sessions.of(ROLE).credentials();
    const other = await sessions.of({ ...ROLE, id: 'other' }).credentials();

    expect(other.accessKeyId).not.toBe(one.accessKeyId);
    expect(assumed()).toEqual([READER_ROLE, CUSTOMER_ROLE, CUSTOMER_ROLE]);
  });

  it('opens another session once one is forgotten', async () => {
    const { sessions, assumed } = await setting();
    await sessions.of(ROLE).credentials();

    sessions.of(ROLE).forget();
    await sessions.of(ROLE).credentials();

    expect(assumed()).toEqual([READER_ROLE, CUSTOMER_ROLE, CUSTOMER_ROLE]);
  });

  it('assumes the reader role anew when AWS ends it before its time', async () => {
    const { aws, sessions, assumed } = await setting();
    await sessions.of(ROLE).credentials();
    aws.expireSessionsOf(READER_ROLE);

    sessions.of(ROLE).forget();
    await sessions.of(ROLE).credentials();

    expect(assumed()).toEqual([READER_ROLE, CUSTOMER_ROLE, CUSTOMER_ROLE, READER_ROLE, CUSTOMER_ROLE]);
    expect(aws.calls.map(({ status }) => status)).toEqual([200, 200, 403, 200, 200]);
  });

  it('assumes the role directly when there is no reader role', async () => {
    const aws = await startAws({
      accountId: CUSTOMER,
      roles: [
        customerRole({ trustedPrincipal: `arn:aws:iam::${CUSTOMER}:role/Scanner` }),
        {
          arn: `arn:aws:iam::${CUSTOMER}:role/Scanner`,
          trust: document({
            Effect: 'Allow',
            Principal: { Service: 'ec2.amazonaws.com' },
            Action: 'sts:AssumeRole',
          }),
          policies: [],
        },
      ],
    });
    running.push(aws);
    const sessions = new AwsSessions({
      region: 'eu-central-1',
      credentials: async () => aws.sessionOf(`arn:aws:iam::${CUSTOMER}:role/Scanner`),
      endpoints: { sts: aws.origin },
    });

    await sessions.of(ROLE).credentials();

    expect(aws.calls.map(({ form }) => form.get('RoleArn'))).toEqual([CUSTOMER_ROLE]);
  });

  it.each([
    ['another external id', { ...ROLE, externalId: 'of-another-customer' }],
    ['no external id', { roleArn: CUSTOMER_ROLE, id: 'ecr-customer' }],
    ['a role that is not there', { ...ROLE, roleArn: `arn:aws:iam::${CUSTOMER}:role/Gone` }],
  ])('reports %s as refused, and asks anew the next time', async (_, role) => {
    const { sessions, assumed } = await setting();

    const refused = { code: 'role-refused', retryable: false, data: { status: 403, reason: 'AccessDenied' } };
    await expect(sessions.of(role).credentials()).rejects.toMatchObject(refused);
    await expect(sessions.of(role).credentials()).rejects.toMatchObject(refused);

    expect(assumed()).toHaveLength(3);
  });

  it('reports keys that AWS does not know, without naming them', async () => {
    const secret = 'secret-access-key-of-nobody';
    const { sessions } = await setting({
      credentials: async () => ({ accessKeyId: 'AKIANOBODY', secretAccessKey: secret }),
    });

    const asked = sessions.of(ROLE).credentials();

    await expect(asked).rejects.toMatchObject({ code: 'unauthorized', retryable: false });
    await expect(asked).rejects.not.toThrow(new RegExp(secret));
  });

  it('reports a process without credentials', async () => {
    const { sessions } = await setting({
      credentials: async () => {
        throw Object.assign(new Error('Could not load credentials from any providers'), {
          name: 'CredentialsProviderError',
        });
      },
    });

    await expect(sessions.of(ROLE).credentials()).rejects.toMatchObject({ code: 'unauthorized' });
  });
});
