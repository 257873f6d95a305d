import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { temporaryDirectory } from '../support/temporary.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const LAUNCHER = join(ROOT, 'cdk/bin/app.js');
/** Makes the Node that runs it say that it is an older one. */
const OLD_NODE = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.9.0' } });Object.defineProperty(process, 'version', { value: 'v20.9.0' })`;

describe('cdk/app', () => {
  const path = temporaryDirectory();

  beforeAll(() => {
    for (const folder of ['work', 'copy/cdk/bin', 'copy/node_modules/.bin']) {
      mkdirSync(path(folder), { recursive: true });
    }
    copyFileSync(LAUNCHER, path('copy/cdk/bin/app.js'));
    writeFileSync(path('copy/package.json'), '{"type":"module"}');
  });

  /** As `cdk` runs it: context and the folder for the result are told in the environment. */
  function run(args: readonly string[], context: object = {}): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, args, {
      cwd: path('work'),
      encoding: 'utf8',
      env: { ...process.env, CDK_OUTDIR: path('out'), CDK_CONTEXT_JSON: JSON.stringify(context) },
    });
  }

  function parameterOf(): unknown {
    const template = JSON.parse(readFileSync(path('out/BacklineECRIntegration.template.json'), 'utf8')) as {
      Parameters?: { ExternalId: { Default?: string } };
    };
    return template.Parameters?.ExternalId.Default;
  }

  it('is what cdk.json names', () => {
    expect(cdkJson.app.split(' ')).toEqual(['node', 'cdk/bin/app.js']);
  });

  it('offers an external id of its own making, the same each time', () => {
    const first = run([LAUNCHER]);
    const offered = parameterOf();
    const second = run([LAUNCHER]);

    expect([first.status, second.status]).toEqual([0, 0]);
    expect(offered).toMatch(/^[0-9a-f]{40}$/);
    expect(parameterOf()).toBe(offered);
    expect(readFileSync(path('work/cdk.context.json'), 'utf8')).toContain(String(offered));
  });

  it('takes options from the context', () => {
    const { status } = run([LAUNCHER], { externalId: 'of-the-context' });

    expect(status).toBe(0);
    expect(parameterOf()).toBeUndefined();
  });

  const stacks = (): string[] =>
    readdirSync(path('out')).flatMap(
      (name) => name.match(/^(?<stack>.*)[.]template[.]json$/)?.groups?.['stack'] ?? [],
    );

  it('sets up the named regions beside the role', () => {
    const { status } = run([LAUNCHER], { regions: 'eu-central-1,us-east-1', pullTimeExclusion: 'true' });

    expect(status).toBe(0);
    expect(stacks()).toEqual(
      expect.arrayContaining(['BacklineECRRegion-eu-central-1', 'BacklineECRRegion-us-east-1']),
    );
  });

  it.each([
    ['BacklineScanner', {}],
    ['BacklineECROrganization', { organizationalUnits: 'r-ab12' }],
  ])('makes %s and no other stack when told so', (stack, options) => {
    rmSync(path('out'), { recursive: true, force: true });

    // As for commands that need no code of functions: these have tests of their own.
    const { status, stderr } = run([LAUNCHER], { stack, ...options, 'aws:cdk:bundling-stacks': [] });

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stacks()).toEqual([stack]);
  });

  it.each([
    [
      { stack: 'Hub' },
      'stack must be one of BacklineECRIntegration, BacklineScanner, BacklineECROrganization; got "Hub"',
    ],
    [{ stack: 'constructor' }, 'stack must be one of'],
    [
      { stack: 'BacklineScanner', discovery: 'false' },
      '"discovery" is no option; options are customerAccounts,',
    ],
    [{ maximumConcurrency: '5' }, '"maximumConcurrency" is no option; options are trustedPrincipal,'],
  ])('rejects %j', (context, told) => {
    const { status, stderr } = run([LAUNCHER], context);

    expect(status).toBe(1);
    expect(stderr).toContain(`backline: ${told}`);
  });

  it('reports mistakes in the context in one line', () => {
    const { status, stderr } = run([LAUNCHER], { accountId: '12' });

    expect(status).toBe(1);
    expect(stderr).toBe('backline: accountId must be the 12 digits of an AWS account; got "12"\n');
  });

  it('reports a Node that is too old, and what to do', () => {
    const { status, stderr } = run(['--import', OLD_NODE, path('copy/cdk/bin/app.js')]);

    expect(status).toBe(1);
    expect(stderr).toBe(
      'backline: Node 24 or newer is needed, this is v20.9.0; run npm ci in the project, which brings one, or install it\n',
    );
  });

  it('reports that the Node of the project cannot be started, and what to do', () => {
    // As on a system without the loader that the program names.
    writeFileSync(path('copy/node_modules/.bin/node'), '#!/nonexistent/loader\n', { mode: 0o755 });

    const { status, stderr } = run(['--import', OLD_NODE, path('copy/cdk/bin/app.js')]);

    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^backline: cannot start: spawnSync [^\n]*ENOENT; run npm ci in the project, or install Node 24\n$/,
    );
  });

  it.each([0, 1])(
    'runs the Node of the project in its stead, and passes on that it ended with %d',
    (code) => {
      writeFileSync(path('copy/node_modules/.bin/node'), `#!/bin/sh\necho "$@"; exit ${code}\n`, {
        mode: 0o755,
      });

      const { status, stdout } = run(['--import', OLD_NODE, path('copy/cdk/bin/app.js')]);

      expect({ status, stdout }).toEqual({ status: code, stdout: `${path('copy/cdk/app.ts')}\n` });
    },
  );
});
