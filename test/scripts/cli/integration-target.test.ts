import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ConnectionTester,
  keepDiscovery,
  runIntegrationCommand,
} from '../../../lambda/integrations/index.ts';
import { openStateFile, type StateStore } from '../../../lambda/store/index.ts';
import { type Listening, listen } from '../../../scripts/demo/registry.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { backline, type Run } from './command.ts';

const TENANT = '11112222-3333-4444-8555-666677778888';
const ACR = ['--tenant', TENANT, '--login-server', 'team.azurecr.io', '--app-id', TENANT];

describe('scripts/cli/integration-target, with a hub', () => {
  const path = temporaryDirectory();
  let lambda: Listening;
  let state: StateStore;
  let checks: Awaited<ReturnType<ConnectionTester>> = [];
  let override:
    | { readonly status: number; readonly headers?: Record<string, string>; readonly body: string }
    | undefined;
  const asked: string[] = [];
  let signedFor: string | undefined;
  /** The one call of Lambda's API that is made: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
  const answer = async (request: IncomingMessage): Promise<NonNullable<typeof override>> => {
    asked.push(`${request.method} ${request.url}`);
    signedFor = /Credential=key\/\d+\/(?<region>[^/]+)\//.exec(request.headers.authorization ?? '')?.groups?.[
      'region'
    ];
    const command: unknown = JSON.parse(await text(request));
    if (override !== undefined) return override;
    const now = (): Date => new Date();
    return {
      status: 200,
      body: JSON.stringify(await runIntegrationCommand(command, { state, test: async () => checks, now })),
    };
  };
  const KEYS = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };
  const REGION = { AWS_REGION: 'eu-central-1' };
  const ask = (name: string, env: Readonly<Record<string, string>>, ...args: string[]): Promise<Run> =>
    backline([...args, '--hub', name], {
      env: { ...env, AWS_ENDPOINT_URL_LAMBDA: lambda.origin, AWS_EC2_METADATA_DISABLED: 'true' },
    });
  const hub = (...args: string[]): Promise<Run> =>
    ask('backline-integrations', { ...KEYS, ...REGION }, ...args);
  beforeAll(async () => {
    state = openStateFile(path('hub.sqlite'), () => new Date());
    lambda = await listen((request, response) => {
      void answer(request).then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
    });
  });
  afterEach(() => {
    override = undefined;
    checks = [];
  });
  afterAll(async () => {
    await lambda.close();
    await state.close();
  });

  it('has the hub connect a tenant, by the login of its role', async () => {
    checks = [
      {
        id: 'token',
        on: 'team.azurecr.io',
        outcome: 'warning',
        detail: 'an \u001b[31modd token',
        remedy: 'do',
      },
    ];

    const connected = await hub('connect', 'acr', ...ACR, '--exclude', 'a,b', '--exclude', 'c');
    const shown = await hub('integrations', 'show', 'acr-11112222', '--json');

    expect(connected).toEqual({
      exitCode: 0,
      stdout:
        'WARNING  token team.azurecr.io: an \\u001b[31modd token\n         do\nconnected acr-11112222\n',
      stderr: '',
    });
    expect(JSON.parse(shown.stdout).integrations).toEqual([
      expect.objectContaining({ login: 'federated', appId: TENANT, exclude: ['a', 'b', 'c'] }),
    ]);
    expect(asked[0]).toBe('POST /2015-03-31/functions/backline-integrations/invocations');
  });

  it('shows the last look of the hub, and that one still goes on', async () => {
    await hub('connect', 'acr', ...ACR, '--id', 'looked-through');
    const gap = {
      subject: 'repository',
      name: 'team/\u001b[31m',
      reason: 'forbidden',
      detail: 'grant it',
    } as const;
    const discovery = {
      startedAt: '2026-05-01T12:00:00Z',
      repositories: 2,
      images: 5,
      requested: 1,
      refused: 0,
    };
    await keepDiscovery(state, 'looked-through', { ...discovery, gaps: [gap], moreGaps: 2 });

    const shown = await hub('integrations', 'show', 'looked-through');
    const json = await hub('integrations', '--json');

    expect(shown.stdout).toContain(
      'last look      goes on since 2026-05-01T12:00:00Z: repositories 2, images 5, scans asked for 1, not listed 3\n' +
        'not listed: repository team/\\u001b[31m: grant it [forbidden]\nnot listed: 2 more of looked-through\n',
    );
    expect(JSON.parse(json.stdout).lastLooks).toEqual([
      { integration: 'looked-through', ...discovery, moreGaps: 3 },
    ]);
  });

  it('shows that a hub of an older version tells of no look', async () => {
    const connected = await hub('connect', 'acr', ...ACR, '--id', 'of-an-old-hub', '--json');
    const { integrations } = JSON.parse(connected.stdout);
    override = { status: 200, body: JSON.stringify({ integrations, checks: [] }) };

    const shown = await hub('integrations', 'show', 'of-an-old-hub');
    const listed = await hub('integrations');

    expect(shown.stdout).toMatch(/^last look +not told\n$/m);
    expect(listed.stdout).toMatch(/ not told\n$/);
  });

  it('has the hub take a filter away', async () => {
    await hub('connect', 'acr', ...ACR, '--id', 'filtered', '--include', 'a', '--exclude', 'b');

    const updated = await hub('integrations', 'update', 'filtered', '--no-include', '--json');

    expect(updated.exitCode).toBe(0);
    const [integration] = JSON.parse(updated.stdout).integrations;
    expect(integration).toMatchObject({ exclude: ['b'] });
    expect(integration).not.toHaveProperty('include');
  });

  it('asks in the region that the ARN of the function names', async () => {
    const arn = 'arn:aws:lambda:eu-west-3:111122223333:function:backline-integrations';

    expect(await ask(arn, KEYS, 'integrations')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(signedFor).toBe('eu-west-3');
    expect(await ask(arn, { ...KEYS, ...REGION }, 'integrations')).toMatchObject({ exitCode: 0 });
    expect(signedFor).toBe('eu-west-3');
  });

  it.each([
    [
      'no region',
      KEYS,
      /^[^\n]*; give --hub the ARN of the function, set AWS_REGION, or give your profile a region$/,
    ],
    [
      'no login',
      REGION,
      /^[^\n]*; log in to AWS: name a profile in AWS_PROFILE and run aws sso login, or set [^\n]*$/,
    ],
  ])('reports that there is %s, and what to do', async (_what, env, sentence) => {
    asked.length = 0;

    const { exitCode, stderr } = await ask('backline-integrations', env, 'integrations');

    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^backline: the hub's function backline-integrations cannot be called: /);
    expect(stderr.trimEnd()).toMatch(sentence);
    expect(asked).toEqual([]);
  });

  it('reports the error of the hub with its code, in JSON as well', async () => {
    const run = await hub('integrations', 'disconnect', 'none', '--json');

    expect(run.exitCode).toBe(3);
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { code: 'integration-not-found' } });
    expect(run.stderr).toMatch(/^backline: there is no integration "none" \[integration-not-found\]\n$/);
  });

  it.each([
    [
      'may not be called',
      {
        status: 403,
        headers: { 'x-amzn-errortype': 'AccessDeniedException' },
        body: '{"Message":"no right"}',
      },
      /^backline: the hub's function backline-integrations cannot be called: no right\n$/,
    ],
    [
      'takes no login that has ended',
      {
        status: 403,
        headers: { 'x-amzn-errortype': 'ExpiredTokenException' },
        body: '{"message":"The security token is expired"}',
      },
      /^backline: the hub's function backline-integrations cannot be called: The security token is expired; log in to AWS: [^\n]*\n$/,
    ],
    [
      'fails',
      {
        status: 200,
        headers: { 'x-amz-function-error': 'Unhandled' },
        body: '{"errorType":"Error","errorMessage":"out of memory"}',
      },
      /^backline: the hub's function backline-integrations failed: out of memory; see its log\n$/,
    ],
    [
      'is another one',
      { status: 200, body: '"hello"' },
      /^backline: backline-integrations gives no answer that is understood: [^\n]*\n$/,
    ],
  ])('reports a function that %s, and calls it once', async (_what, given, sentence) => {
    override = given;
    asked.length = 0;

    const run = await hub('integrations');

    expect(run).toMatchObject({ exitCode: 3, stdout: '' });
    expect(run.stderr).toMatch(sentence);
    expect(asked).toHaveLength(1);
  });
});
