import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

/**
 * Everything that must hold before a change lands: `npm run check`, or `npm run check -- lambda/image` for one part of the tree.
 * Prints a line for each check and, for those that fail, what they said. Exits with 1 when any failed.
 */
type Check = { readonly name: string; readonly command: readonly string[] };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  // For a pipeline that runs the tests in a step of their own.
  options: { 'skip-tests': { type: 'boolean', default: false } },
});
const scope = positionals.length > 0 ? positionals : ['.'];
const whole = positionals.length === 0;
const testScope = positionals.map((path) => path.replace(/^(?=cdk|lambda|pulumi-azure|scripts)/, 'test/'));

const checks: readonly Check[] = [
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'format', command: ['biome', 'ci', ...scope] },
  { name: 'lint', command: ['oxlint', '--type-aware', ...scope] },
  {
    name: 'layers',
    command: ['depcruise', '--config', '.dependency-cruiser.cjs', 'cdk', 'lambda', 'pulumi-azure', 'scripts'],
  },
  ...(whole ? [{ name: 'dead code', command: ['knip'] }] : []),
  ...(values['skip-tests']
    ? []
    : [{ name: 'tests', command: ['npm', 'test', '--silent', '--', ...testScope] }]),
];

async function run({ name, command }: Check): Promise<boolean> {
  const started = performance.now();
  const { status, output } = await outputOf(command);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'}  ${name}  ${seconds} s\n`);
  if (status !== 0) process.stdout.write(`${output.trim()}\n\n`);
  return status === 0;
}

async function outputOf([program, ...args]: readonly string[]): Promise<{ status: number; output: string }> {
  const child = spawn(program as string, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return await new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (status) => resolve({ status: status ?? 1, output }));
  });
}

const results: boolean[] = [];
const waiting = [...checks];
async function worker(): Promise<void> {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift())
    results.push(await run(check));
}
await Promise.all(Array.from({ length: availableParallelism() }, worker));
process.exitCode = results.every(Boolean) ? 0 : 1;
