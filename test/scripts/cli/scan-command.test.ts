import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { reportDocumentSchema } from '../../../lambda/report/index.ts';
import { backline, run } from './command.ts';
import { workbench } from './workbench.ts';

describe('scripts/cli/scan-command', () => {
  const bench = workbench();

  it('fetches the advisories it needs into a database that is not there yet, and no others', async () => {
    const scan = await backline(['scan', bench.vulnerable, ...bench.feeds('fresh')]);
    const status = await backline(['db', 'status', '--db', bench.path('fresh')]);

    expect(scan).toMatchObject({ exitCode: 0, stderr: '' });
    expect(scan.stdout).toMatch(/CVE-2023-5363 +critical +libssl3 +3\.0\.9-1 +3\.0\.11-1~deb12u2 +fixed/);
    expect(status.exitCode).toBe(0);
    expect(status.stdout).toMatch(/^osv:Debian +2 /m);
    expect(status.stdout).not.toContain('npm');
  });

  it('writes each format where it was told to, and the one without a file to standard output', async () => {
    const scan = await backline([
      'scan',
      bench.vulnerable,
      ...bench.feeds('database'),
      `--format=sarif=${bench.path('a.sarif')},json`,
      `--format=html=${bench.path('a.html')}`,
      `--format=cyclonedx=${bench.path('a.cdx.json')}`,
      `--format=spdx=${bench.path('a.spdx.json')}`,
    ]);

    expect(scan).toMatchObject({ exitCode: 0, stderr: '' });
    const { reports } = reportDocumentSchema.parse(JSON.parse(scan.stdout));
    expect(reports[0]?.findings.map(({ id }) => id).toSorted()).toEqual(['CVE-2005-2541', 'CVE-2023-5363']);
    const stored = (name: string): Promise<string> => readFile(bench.path(name), 'utf8');
    expect(JSON.parse(await stored('a.sarif'))).toMatchObject({ version: '2.1.0' });
    expect(await stored('a.html')).toContain('CVE-2023-5363');
    expect(JSON.parse(await stored('a.cdx.json'))).toMatchObject({ bomFormat: 'CycloneDX' });
    expect(JSON.parse(await stored('a.spdx.json'))).toHaveProperty('spdxVersion');
  });

  it('writes to --output and nothing to standard output', async () => {
    const path = bench.path('report.json');

    const scan = await backline([
      'scan',
      bench.vulnerable,
      ...bench.feeds('database'),
      '--format=json',
      `--output=${path}`,
    ]);

    expect(scan).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(reportDocumentSchema.parse(JSON.parse(await readFile(path, 'utf8'))).reports).toHaveLength(1);
  });

  it.each([
    [
      'severity',
      ['--severity', 'Critical,high'],
      /CVE-2023-5363/,
      /CVE-2005-2541/,
      /1 findings? hidden by filters: 1 by severity/,
    ],
    [
      'being unfixed',
      ['--ignore-unfixed'],
      /CVE-2023-5363/,
      /CVE-2005-2541/,
      /1 findings? hidden by filters/,
    ],
    [
      'another severity',
      ['--severity', 'low'],
      /CVE-2005-2541/,
      /CVE-2023-5363/,
      /1 findings? hidden by filters: 1 by severity/,
    ],
  ])('hides findings by %s, and says how many', async (_by, options, shown, hidden, note) => {
    const { stdout } = await backline(['scan', bench.vulnerable, ...bench.feeds('database'), ...options]);

    expect(stdout).toMatch(shown);
    expect(stdout).not.toMatch(hidden);
    expect(stdout).toMatch(note);
  });

  it('does not fail a scan for what a filter hides', async () => {
    const options = ['--severity', 'low', '--fail-on', 'high'];

    const scan = await backline(['scan', bench.vulnerable, ...bench.feeds('database'), ...options]);

    expect(scan.exitCode).toBe(0);
  });

  it('reads an archive from standard input', async () => {
    const scan = await backline(['scan', '-', ...bench.feeds('database')], { stdin: bench.clean });

    expect(scan).toMatchObject({ exitCode: 0, stderr: '' });
    expect(scan.stdout).toContain('Debian GNU/Linux 12 (bookworm), 1 layer');
  });

  it('fails in one sentence when nothing comes on standard input', async () => {
    const scan = await backline(['scan', '-', ...bench.feeds('database')]);

    expect(scan).toMatchObject({ exitCode: 3, stdout: '' });
    expect(scan.stderr).toMatch(/^backline: standard input holds no image: [^\n]*\[archive-invalid\]\n$/);
  });

  it('warns on standard error of what it could not see, unless it is to be quiet', async () => {
    const args = ['scan', bench.unreadable, ...bench.feeds('database')];

    const scan = await backline(args);
    const quiet = await backline([...args, '--quiet']);

    expect(scan.stderr).toMatch(/^warning: not everything could be read or matched: [^\n]*\n$/);
    expect(scan.stdout).toContain('srv/node_modules/broken/package.json');
    expect(quiet).toEqual({ exitCode: 0, stdout: scan.stdout, stderr: '' });
  });

  it('says offline which advisories are not there, and how to get them', async () => {
    const scan = await backline(['scan', bench.vulnerable, ...bench.feeds('none'), '--offline']);

    expect(scan.exitCode).toBe(0);
    expect(scan.stderr).toMatch(
      /^warning: there are no advisories of Debian:12, epss and kev; fetch them with backline db update\nwarning: not everything [^\n]*\n$/,
    );
    expect(scan.stdout).toContain('not clean: no findings, but not everything could be read and matched');
  });

  it('warns of old advisories, and takes an age that is given', async () => {
    const args = ['scan', bench.clean, ...bench.feeds('database'), '--offline', '--max-db-age'];
    await backline(['scan', bench.clean, ...bench.feeds('database')]);

    const [old, young] = await Promise.all([backline([...args, '0']), backline([...args, '1000'])]);

    expect(old.stderr).toMatch(/^warning: the advisories of Debian:12, epss and kev are old\n/);
    expect(young.stderr).toBe('');
  });

  it('fails in one sentence when the platform is not there', async () => {
    const scan = await backline([
      'scan',
      bench.vulnerable,
      ...bench.feeds('database'),
      '--platform=linux/s390x',
    ]);

    expect(scan).toMatchObject({ exitCode: 3, stdout: '' });
    expect(scan.stderr).toMatch(
      /^backline: no image for linux\/s390x: there is linux\/amd64; [^\n]* \[platform-not-found\]\n$/,
    );
  });

  it('is content with a reader that goes away, and not with a full disk', async () => {
    const command = `'${process.execPath}' scripts/backline.ts scan '${bench.vulnerable}' --format json ${bench.feeds('database').join(' ')}`;

    const [head, full] = await Promise.all([
      run('bash', ['-c', `${command} | head -c 1; exit \${PIPESTATUS[0]}`]),
      run('bash', ['-c', `${command} > /dev/full`]),
    ]);

    expect(head).toEqual({ exitCode: 0, stdout: '{', stderr: '' });
    expect(full).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: 'backline: cannot write to standard output: no space left on device (ENOSPC)\n',
    });
  });
});
