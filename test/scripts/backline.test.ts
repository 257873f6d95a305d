import { describe, expect, it } from '@jest/globals';
import packageJson from '../../package.json' with { type: 'json' };
import { backline } from './cli/command.ts';
import { workbench } from './cli/workbench.ts';

describe('scripts/backline', () => {
  const bench = workbench();

  it.each([
    ['0 when nothing is wrong', () => bench.clean, [], 0],
    ['0 for findings, when none was to fail it', () => bench.vulnerable, [], 0],
    ['0 for findings below the level that was to fail it', () => bench.clean, ['--fail-on', 'low'], 0],
    ['1 for a finding of the level that was to fail it', () => bench.vulnerable, ['--fail-on=critical'], 1],
    ['0 for a file that cannot be read', () => bench.unreadable, [], 0],
    ['3 for a file that cannot be read, when strict', () => bench.unreadable, ['--strict'], 3],
    ['0 when strict and all was read', () => bench.clean, ['--strict'], 0],
    ['3 when there is no such image', () => bench.path('missing.tar'), [], 3],
    ['2 when the image cannot be one', () => 'no such name', [], 2],
  ])('ends with %s', async (_what, input, options, exitCode) => {
    const run = await backline(['scan', input(), ...bench.feeds('database'), ...options]);

    expect(run).toMatchObject({ exitCode, stdout: exitCode === 2 ? '' : expect.anything() });
  });

  it.each<[string[], RegExp]>([
    [['scan'], /missing required argument 'image'; see backline scan --help/],
    [
      ['scan', 'a', 'b'],
      /too many arguments for 'scan': Expected 1 argument but got 2; see backline scan --help/,
    ],
    [
      ['scan', 'a', '--offlin'],
      /unknown option '--offlin' \(Did you mean --offline\?\); see backline scan --help/,
    ],
    [
      ['scan', 'a', '--format'],
      /option '--format <format\[=file\]>' argument missing; see backline scan --help/,
    ],
    [['scan', 'a', '--severity', 'high,dire'], /there is no severity "dire": choose among critical, high, /],
    [['scan', 'a', '--platform', 'linux'], /"linux" is not a platform: write os\/arch /],
    [['scan', 'a', '--platform=a/b', '--all-platforms'], /give --platform or --all-platforms, not both/],
    [['scan', 'a', '--max-db-age', 'week'], /--max-db-age takes a number of hours, not "week"/],
    [
      ['scan', 'a', '--output', '/dev/null/a'],
      /cannot write a report to \/dev\/null\/a: not a directory \(ENOTDIR\)/,
    ],
    [
      ['scan', 'a', '--db', '/dev/null/db'],
      /the advisory database cannot be in \/dev\/null\/db: \/dev\/null is a file/,
    ],
    [['scan', 'a', '--db', ''], /--db names no folder/],
    [['scan', 'example.com/a', '--insecure'], /plain HTTP is .*\[insecure-refused\]: leave --insecure out/],
    [
      ['db', 'status', '--db', '/dev/null'],
      /the advisory database cannot be in \/dev\/null: \/dev\/null is a file/,
    ],
    [['db', 'updat'], /unknown command 'updat' \(Did you mean update\?\); see backline db --help/],
  ])('rejects %j in one sentence', async (args, sentence) => {
    const run = await backline(args);

    expect(run.exitCode).toBe(2);
    expect(run.stdout).toBe('');
    expect(run.stderr).toMatch(/^backline: [^\n]*\n$/);
    expect(run.stderr).toMatch(sentence);
  });

  it.each<[string[], number, RegExp[]]>([
    [['--help'], 0, [/^Usage: backline /, /\$ backline scan debian:12\n/, /\n {2}db .*advisory database/]],
    [
      ['scan', '--help'],
      0,
      [/\$ docker save app:1 \| backline scan - /, /\n {2}3 {2}the image could not be scanned/, /oci:PATH/],
    ],
    [['db', '--help'], 0, [/\$ backline db update\n/, /\n {2}status /]],
    [['db', 'update', '--help'], 0, [/\$ backline db update --ecosystem Debian:12/, /default: all/]],
    [['db', 'status', '--help'], 0, [/\$ backline db status --verify --json\n/, /Exit code 3/]],
    [[], 2, [/^Usage: backline /]],
    [['db'], 2, [/^Usage: backline db /]],
  ])('shows the help for %j', async (args, exitCode, patterns) => {
    const run = await backline(args, { env: { BACKLINE_DB: '/db' } });

    expect(run.exitCode).toBe(exitCode);
    const shown = exitCode === 0 ? run.stdout : run.stderr;
    for (const pattern of patterns) expect(shown).toMatch(pattern);
    const tooWide = shown.split('\n').filter((line) => line.length > 90 && !line.includes('https://'));
    expect(tooWide).toEqual([]);
  });

  it('tells its version', async () => {
    expect(await backline(['--version'])).toEqual({
      exitCode: 0,
      stdout: `${packageJson.version}\n`,
      stderr: '',
    });
  });

  it('ends within moments when it is interrupted, and says so', async () => {
    let askedAt = 0;
    // Standard input stays open and silent: nothing in the scan would end by itself.
    const run = await backline(['scan', '/dev/zero', '--offline', '--db', bench.path('none')], {
      watch: (child) => {
        setTimeout(() => {
          askedAt = performance.now();
          child.kill('SIGINT');
        }, 1500);
      },
    });

    expect(run).toEqual({ exitCode: 130, stdout: '', stderr: 'interrupted\n' });
    expect(performance.now() - askedAt).toBeLessThan(10_000);
  });
});
