import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AwsDouble, startAws } from '../../doubles/aws/index.ts';
import { DEBIAN_12, dpkg } from '../../lambda/scan/bench.ts';
import {
  CUSTOMER_ROLE,
  customerRole,
  EXTERNAL_ID,
  FUNCTION_ROLE,
  hubRoles,
  READER_ROLE,
} from '../../support/aws-roles.ts';
import { CUSTOMER } from '../../support/cdk.ts';
import { type BuiltImage, image, layer, push } from '../../support/image-builder.ts';
import { backline, type Run } from './command.ts';
import { workbench } from './workbench.ts';

const REGION = 'eu-central-1';
const HOST = `${CUSTOMER}.dkr.ecr.${REGION}.amazonaws.com`;
const ID = `ecr-${CUSTOMER}`;
const CONNECT = [
  'connect',
  'ecr',
  '--role-arn',
  CUSTOMER_ROLE,
  '--external-id',
  EXTERNAL_ID,
  '--region',
  REGION,
];

describe('scripts/cli/integrations-scan-command', () => {
  const bench = workbench();
  let aws: AwsDouble;
  const run = (folder: string, ...args: string[]): Promise<Run> => {
    const keys = aws.sessionOf(FUNCTION_ROLE);
    return backline([...args, '--state', bench.path(folder, 'state.sqlite')], {
      env: {
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
        AWS_SESSION_TOKEN: keys.sessionToken ?? '',
        AWS_ENDPOINT_URL_STS: aws.origin,
        AWS_ENDPOINT_URL_ECR: aws.origin,
        BACKLINE_READER_ROLE_ARN: READER_ROLE,
      },
    });
  };
  const scan = (folder: string, ...args: string[]): Promise<Run> =>
    run(folder, 'integrations', 'scan', ...bench.feeds('db'), ...args);
  const put = (name: string, tag: string, built: BuiltImage): string => {
    push(aws.region(REGION), name, tag, built);
    return built.descriptor.digest;
  };
  const system = async (packages: Record<string, string>): Promise<BuiltImage> =>
    image([await layer([DEBIAN_12, dpkg(packages)])]);
  let vulnerable = '';
  beforeAll(async () => {
    aws = await startAws({ accountId: CUSTOMER, roles: [...hubRoles(), customerRole()] });
    vulnerable = put('team/app', '1', await system({ 'libssl3 openssl': '3.0.9-1', tar: '1.34' }));
    put('team/base', 'latest', await system({ bash: '5.2.15-2' }));
  });
  afterAll(() => aws.close());

  it('scans what is connected, shows it, writes reports, and reads nothing again', async () => {
    await run('all', ...CONNECT);

    const first = await scan('all', '--reports', bench.path('all/reports'));
    const pulled = aws.layerRequests.length;
    const second = await scan('all', '--json');

    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toBe(
      [
        `IMAGE${' '.repeat(HOST.length + 12)}  PLATFORM     OUTCOME   CRITICAL  HIGH  MEDIUM  LOW  OTHER  MALWARE`,
        `${HOST}/team/app:1        linux/amd64  complete         1     0       0    1      0        0`,
        `${HOST}/team/base:latest  linux/amd64  complete         0     0       0    0      0        0`,
        '',
        `${ID}: 2 repositories, 2 images scanned, 0 known before`,
        '',
      ].join('\n'),
    );
    expect(await readdir(bench.path('all/reports'))).toHaveLength(2);
    expect(await readdir(bench.path('all/objects'))).toContain('reports%');
    expect(JSON.parse(second.stdout)).toMatchObject({
      integrations: [
        { id: ID, discovery: { images: 2, requested: 0, gaps: [] }, knownBefore: 2, images: [] },
      ],
    });
    expect(aws.layerRequests).toHaveLength(pulled);
  });

  it('writes the reports that a scan of the image itself gives', async () => {
    await run('same', ...CONNECT);

    await scan('same', ID, '--reports', bench.path('same/reports'), '--objects', bench.path('same/kept'));

    const direct = await backline([
      'scan',
      bench.vulnerable,
      '--all-platforms',
      '--format=json',
      ...bench.feeds('db'),
    ]);
    const file = bench.path('same/reports', `${vulnerable.replace(':', '-')}.json`);
    const report = JSON.parse(await readFile(file, 'utf8'));
    const wanted = JSON.parse(direct.stdout);
    expect(report.reports[0].packages).toEqual(wanted.reports[0].packages);
    expect(report.reports[0].findings).toEqual(wanted.reports[0].findings);
    expect(report.reports[0].findings).toHaveLength(2);
    expect(await readdir(bench.path('same/kept'))).toContain('layers%');
  });

  it('ends with 1 for findings at or over --fail-on, with what is new as JSON', async () => {
    await run('findings', ...CONNECT);

    const failed = await scan('findings', '--fail-on', 'high', '--json');

    expect(failed).toMatchObject({ exitCode: 1, stderr: '' });
    const [integration] = JSON.parse(failed.stdout).integrations;
    expect(integration.images[0]).toMatchObject({
      repository: { host: HOST, name: 'team/app', region: REGION },
      tags: ['1'],
      digest: vulnerable,
      outcome: 'scanned',
      complete: true,
      platforms: [{ platform: 'linux/amd64', byLevel: { critical: 1, low: 1 } }],
    });
    expect(await scan('findings', '--fail-on', 'high')).toMatchObject({ exitCode: 0 });
  });

  it('ends with 3 when an image fails, scans the others, and tries it again', async () => {
    await run('failing', ...CONNECT);
    aws.failImage(vulnerable, 'ImageNotFound');

    const failed = await scan('failing', '--fail-on', 'critical');
    aws.heal();
    const again = await scan('failing', '--fail-on', 'critical');

    expect(failed.exitCode).toBe(3);
    expect(failed.stdout).toMatch(/team\/app:1 +failed +[^\n]+ \[[a-z-]+\]\n/);
    expect(failed.stdout).toContain('team/base:latest  linux/amd64  complete');
    expect(failed.stdout).toMatch(/: 2 repositories, 1 image scanned, 1 failed, 0 known before\n$/);
    expect(again.exitCode).toBe(1);
    expect(again.stdout).toMatch(/: 2 repositories, 1 image scanned, 1 known before\n$/);
  });

  it('ends with 3 when something cannot be listed, and says what', async () => {
    await run('gaps', ...CONNECT, '--include', 'team/base,team/gone');

    const gaps = await scan('gaps');

    expect(gaps.exitCode).toBe(3);
    expect(gaps.stdout).toMatch(/\nnot listed: repository [^\n]*team\/gone[^\n]* \[[a-z-]+\]\n/);
  });

  it('reports an integration that cannot be listed, and scans the others', async () => {
    await run('two', ...CONNECT);
    await run('two', ...CONNECT.with(5, 'wrong-external-id'), '--id', 'another', '--force');

    const both = await scan('two');

    expect(both.exitCode).toBe(3);
    expect(both.stdout).toMatch(
      /\nnot listed: registry another: [^\n]* \[[a-z-]+\]\nanother: 0 repositories, /,
    );
    expect(both.stdout).toMatch(/\necr-\d+: 2 repositories, 2 images scanned, 0 known before\n$/);
  });

  it('reports an integration that cannot be looked through now', async () => {
    await run('busy', ...CONNECT);
    aws.fail({ action: 'AssumeRole', code: 'ThrottlingException' });

    const text = await scan('busy');
    const json = await scan('busy', '--json');
    aws.heal();

    expect(text).toMatchObject({ exitCode: 3, stderr: '' });
    expect(text.stdout).toMatch(
      /^ecr-\d+: could not be looked through: [^\n]* \[[a-z-]+\]: trying again may help\n$/,
    );
    expect(JSON.parse(json.stdout)).toMatchObject({ integrations: [{ id: ID, error: { retryable: true } }] });
  });

  it('ends with 3 under --strict when not all could be matched', async () => {
    await run('strict', ...CONNECT);

    const args = ['integrations', 'scan', '--offline', '--db', bench.path('none')];
    const strict = await run('strict', ...args, '--strict');

    expect(strict.exitCode).toBe(3);
    expect(strict.stdout).toMatch(
      /team\/app:1 +linux\/amd64 +partial .* not all of it was read or matched: see its report\n/,
    );
  });

  it.each<[string[], number, RegExp]>([
    [['--hub', 'backline-integrations'], 2, /a hub scans what is connected to it by itself/],
    [[], 2, /nothing is connected in .*empty.*: connect a registry with backline connect/],
    [['none'], 3, /there is no integration "none" \[integration-not-found\]/],
    [['--fail-on', 'grave'], 2, /there is no severity "grave"/],
    [['--objects', ''], 2, /--objects names no folder/],
    [['--reports', '/dev/null/x'], 2, /cannot write reports to \/dev\/null\/x: /],
  ])('rejects %j in one sentence', async (args, exitCode, sentence) => {
    const rejected = await scan('empty', ...args);

    expect(rejected).toMatchObject({ exitCode, stdout: '' });
    expect(rejected.stderr).toMatch(/^backline: [^\n]*\n$/);
    expect(rejected.stderr).toMatch(sentence);
  });

  it('rejects one that is disconnected', async () => {
    await run('gone', ...CONNECT);
    await run('gone', 'integrations', 'disconnect', ID);

    expect(await scan('gone', ID)).toMatchObject({
      exitCode: 2,
      stderr: `backline: ${ID} is disconnected: connect it again to scan it\n`,
    });
  });

  it('shows its help', async () => {
    const help = await backline(['integrations', 'scan', '--help']);

    expect(help).toMatchObject({ exitCode: 0, stderr: '' });
    expect(help.stdout).toMatch(
      /--objects <dir> [^]*Examples:\n {2}\$ backline integrations scan\n[^]*Exit codes:\n/,
    );
    expect(help.stdout).not.toContain('--hub');
  });
});
