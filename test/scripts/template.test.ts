import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { integrationTemplate, quickCreateLink, regionTemplate } from '../../cdk/template.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { type Run, run } from './cli/command.ts';

const SCRIPT = join(import.meta.dirname, '../../scripts/template.ts');

async function template(...args: readonly string[]): Promise<Run> {
  return await run(process.execPath, ['--no-warnings', SCRIPT, ...args]);
}

describe('scripts/template', () => {
  const path = temporaryDirectory();

  it('writes what CDK deploys, as YAML', async () => {
    const { exitCode, stdout, stderr } = await template();

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(parse(stdout)).toEqual(integrationTemplate());
  });

  it('takes options, and keeps texts texts that a reader of YAML 1.1 takes for numbers', async () => {
    const options = { accountId: '012345678901', externalId: '12:30:45:59' };
    const context = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

    const { exitCode } = await template('--output', path('template.yaml'), ...context);

    expect(exitCode).toBe(0);
    const text = readFileSync(path('template.yaml'), 'utf8');
    expect(parse(text, { version: '1.1' })).toEqual(integrationTemplate(options));
  });

  it('writes what is set up by region when asked for', async () => {
    const bus = 'arn:aws:events:eu-central-1:111122223333:event-bus/backline';

    const { exitCode, stdout } = await template('--stack', 'BacklineECRRegion', '-c', `pushBus=${bus}`);

    expect(exitCode).toBe(0);
    expect(parse(stdout)).toEqual(regionTemplate({ pushBus: bus }));
  });

  it('prints the link that creates the stack', async () => {
    const url = 'https://bucket.s3.amazonaws.com/role.yaml';

    const { exitCode, stderr } = await template('--url', url, '--region', 'eu-west-1');

    expect(exitCode).toBe(0);
    expect(stderr).toBe(
      'https://console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/create/review?templateURL=https%3A%2F%2Fbucket.s3.amazonaws.com%2Frole.yaml&stackName=BacklineECRIntegration\n',
    );
  });

  it.each([
    ['us-east-1', 'console.aws.amazon.com'],
    ['cn-north-1', 'console.amazonaws.cn'],
    ['us-gov-west-1', 'console.amazonaws-us-gov.com'],
    ['eusc-de-east-1', 'eusc-de-east-1.console.amazonaws-eusc.eu'],
  ])('leads %s to the console of its partition', (region, host) => {
    expect(new URL(quickCreateLink('https://b.example/t', region)).host).toBe(host);
  });

  it.each([
    [['--context', 'accountId=12'], 'accountId must be the 12 digits of an AWS account; got "12"'],
    [['--context', 'accountId'], '--context must be NAME=VALUE; got "accountId"'],
    [['--url', 'http://b.example/t'], '--url must be the https address of the template in S3; got'],
    [
      ['--stack', 'BacklineScanner'],
      '--stack must be BacklineECRIntegration or BacklineECRRegion; got "BacklineScanner"',
    ],
    [
      ['--stack', 'BacklineECRRegion'],
      'nothing to set up in a region: give pullTimeExclusion=true or pushBus',
    ],
    [
      ['--url', 'https://b.example/t', '--region', 'us-iso-east-1'],
      'no address is known of the console for us-iso-east-1: leave --url out, and',
    ],
    [
      ['--url', 'https://b.example/t', '--region', 'Frankfurt'],
      '--region must be a region like eu-central-1; got "Frankfurt"',
    ],
    [
      ['-c', 'pushBus=arn:aws:events:eu-central-1:111122223333:event-bus/backline'],
      '"pushBus" is an option of BacklineECRRegion: give it with --stack BacklineECRRegion',
    ],
    [
      ['--stack', 'BacklineECRRegion', '-c', 'pullTimeExclusion=true', '-c', 'discovery=false'],
      '"discovery" is an option of BacklineECRIntegration: give it with --stack BacklineECRIntegration',
    ],
    [
      ['--stack', 'BacklineECRRegion', '-c', 'regions=eu-central-1'],
      '"regions" is an option of cdk deploy: create the stack of --stack BacklineECRRegion in each of them',
    ],
    [
      ['--output', '/nonexistent/role.yaml'],
      'cannot write /nonexistent/role.yaml: no such file or directory (ENOENT)\n',
    ],
    [['--urls', 'x'], "Unknown option '--urls'"],
  ])('rejects %j', async (args, told) => {
    const { exitCode, stdout, stderr } = await template(...args);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`backline: ${told}`);
  });
});
