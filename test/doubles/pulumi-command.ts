import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROLE_ASSIGNMENT } from '../../scripts/azure/engine-events.ts';

/**
 * A command `pulumi` that knows stacks and their configuration, and runs nothing: `up` stores the settings with which it was called as
 * resources of the state. Every call is a line of `calls` in the folder of the state.
 */
const args = process.argv.slice(2).filter((word) => word !== '--non-interactive');
const state = (process.env['PULUMI_BACKEND_URL'] ?? '').replace('file://', '');
const [first = '', second = ''] = args;
const stack = option('--stack') ?? (first === 'stack' && second === 'rm' ? undefined : args.at(-1)) ?? '';
const name =
  first === 'stack' && (second === 'init' || second === 'rm')
    ? (args.findLast((word) => !word.startsWith('-')) ?? '')
    : stack;
const stateFile = join(state, `${name}.json`);
const settingsFile = option('--config-file') ?? join(process.cwd(), `Pulumi.${name}.yaml`);

if (first !== 'version')
  appendFileSync(join(process.env['PULUMI_CALLS'] ?? '', 'calls'), `${args.join(' ')}\n`);
switch (first === 'stack' || first === 'config' ? `${first} ${second}` : first) {
  case 'version':
    print('v3.270.0');
    break;
  case 'stack init':
    mkdirSync(join(state, '.pulumi'), { recursive: true });
    writeFileSync(stateFile, JSON.stringify({ resources: [], history: [] }));
    writeFileSync(settingsFile, JSON.stringify({ encryptionsalt: 'v1:salt', config: {} }));
    break;
  case 'stack select':
    if (!existsSync(stateFile)) fail(`no stack named '${name}' found`);
    break;
  case 'stack rm':
    rmSync(stateFile);
    rmSync(settingsFile, { force: true });
    break;
  case 'stack export':
    print(JSON.stringify({ version: 3, deployment: { resources: read(stateFile)['resources'] } }));
    break;
  case 'stack history':
    print(JSON.stringify(read(stateFile)['history']));
    break;
  case 'stack output':
    print(JSON.stringify({ principalObjectId: 'object-1', connectCommand: 'backline connect acr' }));
    break;
  case 'config set-all':
    for (const [index, word] of args.entries()) {
      if (word === '--plaintext')
        change((config) => Object.assign(config, Object.fromEntries([pair(args[index + 1] ?? '')])));
    }
    break;
  case 'config rm-all':
    change((config) => {
      for (const word of args) delete config[word];
    });
    break;
  case 'config --show-secrets':
    print(
      JSON.stringify(
        Object.fromEntries(
          Object.entries(configOf(settingsFile)).map(([key, value]) => [key, { value, secret: false }]),
        ),
      ),
    );
    break;
  case 'up':
    if (process.env['PULUMI_LOCKED'] !== undefined) fail('the stack is currently locked by 1 lock(s)');
    writeFileSync(
      stateFile,
      JSON.stringify({
        resources: resourcesFor(configOf(settingsFile)),
        history: [
          {
            kind: 'update',
            startTime: '2026-01-01',
            config: Object.fromEntries(
              Object.entries(configOf(settingsFile)).map(([key, value]) => [key, { value }]),
            ),
          },
        ],
      }),
    );
    break;
  case 'preview':
  case 'refresh':
  case 'destroy':
    break;
  default:
    fail(`no such command: ${args.join(' ')}`);
}

function resourcesFor(config: Record<string, string>): unknown[] {
  const ids = JSON.parse(config['backline-azure:cloudSubscriptions'] ?? '[]') as string[];
  return ids.map((id) => ({
    type: ROLE_ASSIGNMENT,
    id: `/subscriptions/${id}/assignment`,
    inputs: { scope: `/subscriptions/${id}`, roleDefinitionId: '/roleDefinitions/READER' },
  }));
}

function change(edit: (config: Record<string, string>) => void): void {
  const config = configOf(settingsFile);
  edit(config);
  writeFileSync(
    settingsFile,
    JSON.stringify({ ...(existsSync(settingsFile) ? read(settingsFile) : {}), config }),
  );
}

function configOf(file: string): Record<string, string> {
  return existsSync(file) ? (read(file)['config'] as Record<string, string>) : {};
}

function read(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

function option(flag: string): string | undefined {
  const index = args.indexOf(flag);
  return index === -1 ? undefined : args[index + 1];
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(message: string): never {
  process.stderr.write(`error: ${message}\n`);
  process.exit(255);
}
