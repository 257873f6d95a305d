import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AwsDouble, startAws } from '../../doubles/aws/index.ts';
import {
  CUSTOMER_ROLE,
  customerRole,
  document,
  EXTERNAL_ID,
  FUNCTION_ROLE,
  hubRoles,
  READER_ROLE,
} from '../../support/aws-roles.ts';
import { CUSTOMER } from '../../support/cdk.ts';
import { image, layer, push } from '../../support/image-builder.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { backline, type Run } from './command.ts';

const ECR = ['--role-arn', CUSTOMER_ROLE, '--external-id', EXTERNAL_ID, '--region', 'eu-central-1'];
const TENANT = '11112222-3333-4444-8555-666677778888';
const ACR = ['--tenant', TENANT, '--login-server', 'team.azurecr.io', '--app-id', TENANT];

describe('scripts/cli/integrations-command, on this machine', () => {
  const path = temporaryDirectory();
  let aws: AwsDouble;
  const here = (
    args: readonly string[],
    state = 'state.sqlite',
    env: Readonly<Record<string, string>> = { BACKLINE_READER_ROLE_ARN: READER_ROLE },
    login = FUNCTION_ROLE,
  ): Promise<Run> => {
    const keys = aws.sessionOf(login);
    return backline([...args, '--state', path(state)], {
      env: {
        ...env,
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
        AWS_SESSION_TOKEN: keys.sessionToken ?? '',
        AWS_ENDPOINT_URL_STS: aws.origin,
        AWS_ENDPOINT_URL_ECR: aws.origin,
      },
    });
  };
  beforeAll(async () => {
    aws = await startAws({ accountId: CUSTOMER, roles: [...hubRoles(), customerRole()] });
    push(aws.region('eu-central-1'), 'team/app', '1', image([await layer([{ path: 'a', content: 'x' }])]));
  });
  afterAll(() => aws.close());

  it('connects an account after a test, lists it, shows it, and disconnects it', async () => {
    const connected = await here(['connect', 'ecr', '--account', CUSTOMER, ...ECR]);
    const listed = await here(['integrations']);
    const shown = await here(['integrations', 'show', `ecr-${CUSTOMER}`]);
    const disconnected = await here(['integrations', 'disconnect', `ecr-${CUSTOMER}`]);
    const json = await here(['integrations', 'list', '--json']);

    expect(connected).toMatchObject({ exitCode: 0, stderr: '' });
    expect(connected.stdout).toMatch(/^passed +assume-role\b/m);
    expect(connected.stdout).toMatch(new RegExp(`^connected ecr-${CUSTOMER}\n$`, 'm'));
    expect(listed.stdout).toMatch(
      new RegExp(
        `^ID .*\necr-${CUSTOMER} +ecr +${CUSTOMER} +eu-central-1 +connected +20[0-9-]+ +none yet\n$`,
      ),
    );
    expect(shown.stdout).toContain(`external id   ${EXTERNAL_ID}\n`);
    expect(disconnected).toEqual({ exitCode: 0, stdout: `disconnected ecr-${CUSTOMER}\n`, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({
      integrations: [{ id: `ecr-${CUSTOMER}`, connected: false, accountId: CUSTOMER }],
      checks: [],
    });
  });

  it.each([
    ['a role', 'role/Developer'],
    ['an IAM user', 'user/team/alice'],
  ])('connects an account without a hub, by the login of %s that its role trusts', async (_what, name) => {
    const own = `arn:aws:iam::${CUSTOMER}:${name}`;
    aws.putRole({ arn: own, trust: document({ Effect: 'Deny', Principal: '*', Action: '*' }), policies: [] });
    aws.putRole(customerRole({ trustedPrincipal: own }));

    const connected = await here(['connect', 'ecr', ...ECR], `${name.replaceAll('/', '-')}.sqlite`, {}, own);
    aws.putRole(customerRole());

    expect(connected).toMatchObject({ exitCode: 0, stderr: '' });
    expect(connected.stdout).not.toMatch(/^(?:FAILED|WARNING|skipped)/m);
  });

  it('saves nothing when a check fails, says what to do, and ends with 1', async () => {
    const wrong = ECR.with(3, 'wrong-external-id');

    const connected = await here(['connect', 'ecr', ...wrong], 'failed.sqlite');
    const listed = await here(['integrations'], 'failed.sqlite');

    expect(connected.exitCode).toBe(1);
    expect(connected.stdout).toMatch(
      /^FAILED +assume-role: [^\n]*\n {9}check [^\n]*\nskipped [^\n]*\nskipped /m,
    );
    expect(connected.stderr).toMatch(
      /^backline: nothing was saved of ecr-\d+: \d+ of \d+ checks failed \[connection-failed\]\n$/,
    );
    expect(listed).toEqual({
      exitCode: 0,
      stdout: 'no integrations: connect one with backline connect\n',
      stderr: '',
    });
  });

  it('saves in spite of it when forced, and a test of it ends with 1 as well', async () => {
    const wrong = ECR.with(3, 'wrong-external-id');

    const connected = await here(['connect', 'ecr', ...wrong, '--force'], 'forced.sqlite');
    const tested = await here(['integrations', 'test', `ecr-${CUSTOMER}`], 'forced.sqlite');
    const mended = await here(
      ['integrations', 'update', `ecr-${CUSTOMER}`, '--external-id', EXTERNAL_ID],
      'forced.sqlite',
    );

    expect(connected.exitCode).toBe(1);
    expect(connected.stdout).toContain(`\nconnected ecr-${CUSTOMER}\n`);
    expect(tested).toMatchObject({ exitCode: 1, stderr: '' });
    expect(mended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(mended.stdout).toMatch(new RegExp(`\nchanged ecr-${CUSTOMER}\n$`));
  });

  it('says which repositories could not be listed, why, and what to do', async () => {
    await here(['connect', 'ecr', ...ECR], 'gaps.sqlite');

    const before = await here(['integrations', 'show', `ecr-${CUSTOMER}`], 'gaps.sqlite');
    aws.putRole(customerRole({ discovery: false }));
    await here(['integrations', 'scan'], 'gaps.sqlite');
    aws.putRole(customerRole());
    const shown = await here(['integrations', 'show', `ecr-${CUSTOMER}`], 'gaps.sqlite');
    const listed = await here(['integrations'], 'gaps.sqlite');

    expect(before.stdout).toMatch(/^last look +none yet\n$/m);
    expect(shown.stdout).toMatch(
      /^last look +20[0-9-]+T[^\n]*Z: repositories 0, images 0, scans asked for 0, not listed 1\nnot listed: /m,
    );
    expect(shown.stdout).toMatch(
      /^not listed: [^\n]*is not authorized[^\n]*grant ecr:DescribeRepositories to the role [^\n]*, or name the repositories to scan [^\n]*\[catalog-forbidden\]\n$/m,
    );
    expect(listed.stdout).toMatch(/ connected +20[0-9-]+ +20[0-9-]+, 1 not listed\n$/);
  });

  it('ends with 3 when there is no such integration', async () => {
    expect(await here(['integrations', 'show', 'none'])).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: 'backline: there is no integration "none" [integration-not-found]\n',
    });
  });

  it('keeps integrations in the data of the user unless told otherwise', async () => {
    const env = { XDG_DATA_HOME: path('data'), BACKLINE_STATE: '' };

    expect(await backline(['integrations'], { env })).toMatchObject({ exitCode: 0 });

    const again = await backline(['integrations', '--state', path('data/backline/state.sqlite')]);
    expect(again).toMatchObject({ exitCode: 0 });
  });

  it.each<[string[], RegExp]>([
    [['connect', 'ecr', ...ECR, '--account', '123'], /--account must be the twelve digits of an AWS account/],
    [['connect', 'ecr', ...ECR, '--region', 'Europe'], /--region must be as in eu-west-1/],
    [['connect', 'ecr', '--role-arn', 'x'], /required option '--external-id <id>' not specified; see /],
    [
      ['connect', 'ecr', ...ECR, '--account', '999900001111'],
      /is not of the account .*\[integration-invalid\]/,
    ],
    [['connect', 'ecr', ...ECR, '--include', 'Team'], /--include must be the name of a repository/],
    [['connect', 'acr', ...ACR, '--login', 'magic'], /Allowed choices are federated, default, docker/],
    [
      ['connect', 'acr', ...ACR, '--login-server', 'x.example'],
      /--login-server must be as in team\.azurecr\.io/,
    ],
    [['connect', 'gcr'], /unknown command 'gcr'/],
    [['integrations', 'update', 'x'], /nothing to change: see backline integrations update --help/],
    [['integrations', '--hub', 'hub'], /give --hub or --state, not both/],
  ])('rejects %j in one sentence', async (args, sentence) => {
    const run = await here(args, 'usage.sqlite');

    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toMatch(/^backline: [^\n]*\n$/);
    expect(run.stderr).toMatch(sentence);
  });

  it.each<[string[], RegExp]>([
    [['connect', '--help'], /\n {2}ecr .*AWS account[^]*\n {2}acr /],
    [['connect', 'ecr', '--help'], /\$ backline connect ecr --account 111122223333 [^]*Exit codes:\n {2}0 /],
    [['connect', 'acr', '--help'], /Logins:\n {2}federated [^]*\$ backline connect acr --tenant /],
    [
      ['integrations', '--help'],
      /\n {2}disconnect [^]*\$ backline integrations test ecr-111122223333 --hub /,
    ],
    [['integrations', 'update', '--help'], /--no-include [^]*\$ backline integrations update acr-11112222/],
  ])('shows the help for %j', async (args, pattern) => {
    const run = await backline(args);

    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toMatch(pattern);
  });
});
