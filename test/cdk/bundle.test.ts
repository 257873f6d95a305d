import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { App, Stack } from 'aws-cdk-lib/core';
import { bundle, bundledCode } from '../../cdk/bundle.ts';
import { FUNCTIONS } from '../../lambda/shared/environment.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const HANDLERS = join(import.meta.dirname, '..', '..', 'lambda', 'handlers');
const MAX_BYTES = 5 * 1024 * 1024;

describe('cdk/bundle', () => {
  const path = temporaryDirectory();

  beforeAll(() => {
    mkdirSync(path('lambda/handlers'), { recursive: true });
    mkdirSync(path('node_modules/old'), { recursive: true });
    writeFileSync(path('node_modules/old/index.js'), "module.exports = { name: require('node:os').EOL };\n");
    writeFileSync(
      path('lambda/handlers/scan.ts'),
      "import old from 'old';\nconst marker: string = 'of-scan';\nexport async function handler(): Promise<string> { return marker + old.name; }\n",
    );
    writeFileSync(
      path('lambda/handlers/discover.ts'),
      "export const handler = (): string => 'of-discover';\n",
    );
  });

  /** The folders of the code of functions, as they are uploaded. */
  function synthesised(names: readonly ('discover' | 'scan' | 'rematch')[], context: object = {}): string[] {
    const outdir = path(`out-${names.join('-')}-${Object.keys(context).length}`);
    const app = new App({ analyticsReporting: false, outdir, context: { ...context } });
    const stack = new Stack(app, 'Stack');
    for (const name of names) {
      new LambdaFunction(stack, name, {
        runtime: Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: bundledCode(name, path('lambda/handlers')),
      });
    }
    app.synth();
    return readdirSync(outdir)
      .filter((name) => name.startsWith('asset.'))
      .map((name) => join(outdir, name));
  }

  it('makes one module of a handler and all it imports, CommonJS too', () => {
    bundle(path('lambda/handlers/scan.ts'), path('made/index.mjs'));

    const program = "import { handler } from './index.mjs'; process.stdout.write(await handler());";
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: path('made'),
      encoding: 'utf8',
    });
    expect({ stdout, stderr }).toEqual({ stdout: 'of-scan\n', stderr: '' });
  });

  it('gives each function the code of its own', () => {
    const texts = synthesised(['discover', 'scan']).map((folder) =>
      readFileSync(join(folder, 'index.mjs'), 'utf8'),
    );

    expect(texts).toHaveLength(2);
    expect(texts.filter((text) => text.includes('of-scan'))).toHaveLength(1);
    expect(texts.filter((text) => text.includes('of-discover'))).toHaveLength(1);
  });

  it('bundles nothing for commands that need no code', () => {
    expect(synthesised(['scan'], { 'aws:cdk:bundling-stacks': [] })).toEqual([]);
  });

  it('rejects a function without a handler', () => {
    expect(() => synthesised(['rematch'])).toThrow('the function rematch has no handler: ');
  });

  it.each(FUNCTIONS)('keeps %s below five megabytes, ready to start', (name) => {
    const file = path(`functions/${name}/index.mjs`);
    bundle(join(HANDLERS, `${name}.ts`), file);

    const program = "process.stdout.write(typeof (await import('./index.mjs')).handler);";
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: join(file, '..'),
      encoding: 'utf8',
    });
    expect(statSync(file).size).toBeLessThan(MAX_BYTES);
    expect(stdout).toBe('function');
  });
});
