import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { pulumiStack } from '../../../scripts/azure/pulumi-stack.ts';
import { NO_INTERRUPT } from './run-script.ts';

const COMMAND = join(import.meta.dirname, '../../doubles/pulumi-command.ts');
const SUB = '11111111-1111-4111-8111-111111111111';
const CONFIG = { mode: 'auto', cloudSubscriptions: JSON.stringify([SUB]) };

describe('scripts/azure/pulumi-stack', () => {
  const path = process.env['PATH'];
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'backline-test-'));
    for (const name of ['bin', 'root']) mkdirSync(join(folder, name));
    const text = `#!/bin/sh\nexec '${process.execPath}' --no-warnings '${COMMAND}' "$@"\n`;
    writeFileSync(join(folder, 'bin', 'pulumi'), text, { mode: 0o755 });
    writeFileSync(join(folder, 'root', 'Pulumi.yaml'), 'name: backline-azure\nruntime: nodejs\n');
    process.env['PATH'] = [join(folder, 'bin'), path].join(delimiter);
    // The stand-in sends no events, which Pulumi's library remarks on.
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  });
  afterEach(() => {
    process.env['PATH'] = path;
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  const open = (variables: Readonly<Record<string, string>> = {}, interrupt = NO_INTERRUPT) =>
    pulumiStack({
      root: join(folder, 'root'),
      stackName: 'tenant',
      backend: {
        folder: join(folder, 'state'),
        variables: {
          PULUMI_BACKEND_URL: `file://${join(folder, 'state')}`,
          PULUMI_CALLS: folder,
          ...variables,
        },
      },
      progress: () => undefined,
      interrupt,
    });
  const calls = () => {
    const lines = readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n');
    rmSync(join(folder, 'calls'));
    return lines.map((line) =>
      line
        .split(' ')
        .filter((word) => !word.startsWith('--'))
        .slice(0, 2)
        .join(' '),
    );
  };
  const settings = () => readFileSync(join(folder, 'root', 'Pulumi.tenant.yaml'), 'utf8');

  it('has no stack before the first run', async () => {
    const stack = open();

    expect(await stack.read({ dryRun: false })).toBeUndefined();
    expect(await stack.destroy()).toEqual({ isOk: true, changes: [], errors: [] });
    expect(existsSync(join(folder, 'calls'))).toBe(false);
  });

  it('makes the stack, stores its configuration and runs it', async () => {
    const stack = open();
    const outcome = await stack.up(CONFIG);

    expect(outcome).toEqual({
      isOk: true,
      changes: [],
      errors: [],
      principalObjectId: 'object-1',
      connectCommand: 'backline connect acr',
    });
    expect(JSON.parse(settings())).toMatchObject({
      config: { 'backline-azure:mode': 'auto', 'backline-azure:cloudSubscriptions': `["${SUB}"]` },
    });
    expect(await stack.read({ dryRun: false })).toEqual({
      config: CONFIG,
      assignments: [
        { role: 'reader', scope: `/subscriptions/${SUB}`, id: `/subscriptions/${SUB}/assignment` },
      ],
      vanished: [],
      hasPrincipal: false,
    });
  });

  it('takes options out of the configuration that are no more, and leaves those of others', async () => {
    const stack = open();
    await stack.up(CONFIG);
    const stored = JSON.parse(settings()) as { config: Record<string, string> };
    stored.config['azure-native:location'] = 'here';
    writeFileSync(join(folder, 'root', 'Pulumi.tenant.yaml'), JSON.stringify(stored));

    await stack.up({ cloudSubscriptions: '[]' });

    expect(JSON.parse(settings())).toMatchObject({
      config: { 'azure-native:location': 'here', 'backline-azure:cloudSubscriptions': '[]' },
    });
    expect(settings()).not.toContain('mode');
  });

  it('finds the configuration of the last run in a fresh checkout', async () => {
    await open().up(CONFIG);
    rmSync(join(folder, 'root', 'Pulumi.tenant.yaml'));

    expect(await open().read({ dryRun: true })).toMatchObject({ config: CONFIG });
  });

  it('stores nothing in a dry run of a stack that exists', async () => {
    const stack = open();
    await stack.up(CONFIG);
    const before = [settings(), readFileSync(join(folder, 'state', 'tenant.json'), 'utf8')];
    calls();

    await stack.read({ dryRun: true });
    await stack.preview({ mode: 'both' });
    await stack.previewDestroy();

    expect([settings(), readFileSync(join(folder, 'state', 'tenant.json'), 'utf8')]).toEqual(before);
    const said = readFileSync(join(folder, 'calls'), 'utf8');
    expect(said).toMatch(/^refresh --preview-only/m);
    expect(said).toMatch(/^preview .*--config-file \S+Pulumi\.preview\.yaml/m);
    expect(said).toMatch(/^destroy --preview-only/m);
    expect(said).not.toMatch(/^(up|config set-all|config rm-all|stack init|stack rm)/m);
  });

  it('leaves no trace of a dry run in a tenant that has no stack', async () => {
    const stack = open();
    await stack.read({ dryRun: true });
    const outcome = await stack.preview(CONFIG);
    await stack.previewDestroy();

    expect(outcome.isOk).toBe(true);
    expect(readdirSync(join(folder, 'root'))).toEqual(['Pulumi.yaml']);
    expect(existsSync(join(folder, 'state'))).toBe(false);
  });

  it('rejects what would be begun after an interruption', async () => {
    await open().up(CONFIG);
    calls();
    const controller = new AbortController();
    const stack = open({}, { ...NO_INTERRUPT, signal: controller.signal });
    await stack.read({ dryRun: false });
    const before = calls();

    controller.abort();

    for (const begin of [
      () => stack.up(CONFIG),
      () => stack.destroy(),
      () => open({}, { ...NO_INTERRUPT, signal: controller.signal }).read({ dryRun: false }),
    ]) {
      await expect(begin()).rejects.toThrow(
        expect.objectContaining({ message: 'Interrupted', exitCode: 130 }),
      );
    }
    expect(before).toContain('refresh never');
    expect(calls().filter((call) => /^(up|destroy|refresh)/.test(call))).toEqual([]);
  });

  it('removes the stack with what it held', async () => {
    const stack = open();
    await stack.up(CONFIG);

    expect(await stack.destroy()).toEqual({ isOk: true, changes: [], errors: [] });
    expect(existsSync(join(folder, 'state', 'tenant.json'))).toBe(false);
    expect(existsSync(join(folder, 'root', 'Pulumi.tenant.yaml'))).toBe(false);
  });

  it('reports a stack that another run holds, with the command that frees it', async () => {
    const outcome = await open({ PULUMI_LOCKED: '1' }).up(CONFIG);

    expect(outcome).toMatchObject({
      isOk: false,
      errors: [
        `Another run holds the stack: wait for it or, if it died, free the stack with 'PULUMI_BACKEND_URL=file://${join(folder, 'state')} pulumi cancel --yes --cwd ${join(folder, 'root')} tenant'.`,
      ],
    });
  });
});
