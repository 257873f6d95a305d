import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { backline, type Run } from './command.ts';
import { workbench } from './workbench.ts';

describe('scripts/cli/db-command', () => {
  const bench = workbench();
  let first: Run;

  beforeAll(async () => {
    first = await backline(['db', 'update', ...bench.feeds('database')]);
  });

  it('builds a database of all feeds, and says what came in', () => {
    expect(first).toEqual({
      exitCode: 0,
      stdout: [
        'osv:Debian: 2 records added, 1 file written',
        'osv:npm: 1 record added, 1 file written',
        'epss: new',
        'kev: new',
        'not in the mirror: amazon:1, amazon:2, amazon:2023',
        '',
      ].join('\n'),
      stderr: '',
    });
  });

  it('fetches nothing again that has not changed, and gives all that as JSON', async () => {
    const again = await backline(['db', 'update', '--json', ...bench.feeds('database')]);

    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(again.stdout)).toEqual({
      updated: [],
      unchanged: ['osv:Debian', 'osv:npm', 'epss', 'kev'],
      absent: ['amazon:1', 'amazon:2', 'amazon:2023'],
      failures: [],
      bytesDownloaded: 0,
    });
  });

  it('builds only the ecosystems that are named', async () => {
    const update = await backline(['db', 'update', '--ecosystem=npm', ...bench.feeds('npm')]);

    expect(update.exitCode).toBe(0);
    expect(update.stdout).not.toContain('Debian');
  });

  it('reports feeds that cannot be had, and keeps what is there', async () => {
    const feeds = bench.feeds('kept').map((flag) => flag.replace('kev.json', 'missing.json'));
    await backline(['db', 'update', ...bench.feeds('kept')]);

    const update = await backline(['db', 'update', ...feeds]);
    const status = await backline(['db', 'status', '--db', bench.path('kept')]);

    expect(update.exitCode).toBe(3);
    expect(update.stdout).toMatch(/^FAILED kev: .*missing\.json .*\[feed-not-found\]$/m);
    expect(update.stderr).toBe('backline: 1 of 4 feeds could not be updated and stay as they were\n');
    expect(status.stdout).toMatch(/^kev +1 /m);
  });

  it('fails in one sentence when the database cannot be written', async () => {
    await mkdir(bench.path('locked/lock.sqlite'), { recursive: true });

    const runs = await Promise.all([
      backline(['db', 'update', ...bench.feeds('locked')]),
      backline(['scan', bench.clean, ...bench.feeds('locked')]),
    ]);

    for (const { exitCode, stdout, stderr } of runs) {
      expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
      expect(stderr).toMatch(
        /^backline: the advisory database in [^\n]* cannot be written: [^\n]*--db[^\n]*\n$/,
      );
    }
  });

  it('rejects an address that cannot be used', async () => {
    const update = await backline(['db', 'update', '--db', bench.path('other'), '--mirror=ftp://host/']);

    expect(update).toMatchObject({ exitCode: 2, stdout: '' });
    expect(update.stderr).toMatch(/^backline: [^\n]*\[mirror-invalid\]\n$/);
  });

  it('shows what there is, for people and as JSON', async () => {
    const [shown, json] = await Promise.all([
      backline(['db', 'status', '--db', bench.path('database')]),
      backline(['db', 'status', '--verify', '--json'], { env: { BACKLINE_DB: bench.path('database') } }),
    ]);

    expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
    expect(shown.stdout).toMatch(/^SOURCE +RECORDS +NEWEST +CHECKED\n/m);
    expect(shown.stdout).toMatch(/^osv:Debian +2 {2}\d{4}-\d\d-\d\d {2}\w/m);
    expect(json.exitCode).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({ state: 'present', damaged: [] });
  });

  it('reports that there is none, and what to do', async () => {
    const [status, unset] = await Promise.all([
      backline(['db', 'status', '--db', bench.path('none')]),
      backline(['db', 'status'], { env: { XDG_CACHE_HOME: bench.path('cache'), BACKLINE_DB: '' } }),
    ]);

    const sentence = (path: string): string => `no advisory database in ${path}: run backline db update\n`;
    expect(status).toEqual({ exitCode: 3, stdout: sentence(bench.path('none')), stderr: '' });
    expect(unset.stdout).toBe(sentence(bench.path('cache/backline/db')));
  });

  it('reports damage that only reading finds, and an update mends it', async () => {
    const directory = bench.path('damaged');
    await cp(bench.path('database'), directory, { recursive: true });
    const shard = (await readdir(directory)).find((name) => name.startsWith('Debian-12-')) ?? '';
    const bytes = await readFile(bench.path('damaged', shard));
    await writeFile(bench.path('damaged', shard), Buffer.alloc(bytes.length, 1));
    const status = (...options: string[]): Promise<Run> =>
      backline(['db', 'status', '--db', directory, ...options]);

    const [sized, verified] = await Promise.all([status(), status('--verify')]);
    const scan = await backline(['scan', bench.vulnerable, '--offline', `--db=${directory}`]);
    const update = await backline(['db', 'update', ...bench.feeds('damaged')]);
    const mended = await status('--verify');

    expect(sized.exitCode).toBe(0);
    expect(verified.exitCode).toBe(3);
    expect(verified.stdout).toContain(`\nDAMAGED ${shard}: run backline db update\n`);
    expect(scan).toMatchObject({ exitCode: 3, stdout: '' });
    expect(scan.stderr).toMatch(
      /^backline: [^\n]*is damaged[^\n]*\[shard-invalid\]: [^\n]*backline db update\n$/,
    );
    expect(update.stdout).toContain('osv:Debian: ');
    expect(mended.exitCode).toBe(0);
  });

  it('reports a manifest that cannot be read, in one line', async () => {
    await cp(bench.path('database'), bench.path('garbled'), { recursive: true });
    await writeFile(bench.path('garbled/manifest.json'), '{"schemaVersion": 99}');

    const status = await backline(['db', 'status', '--db', bench.path('garbled')]);

    expect(status.exitCode).toBe(3);
    expect(status.stdout).toMatch(
      /^the advisory database in [^\n]*cannot be used: [^\n{[]*; run backline db update\n$/,
    );
  });
});
