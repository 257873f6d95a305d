import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ImageReport, imageReportSchema } from '../../lambda/report/index.ts';
import { buildDebianImage, type DebianImage } from '../../scripts/debian-image/build.ts';
import { type ServedImage, serveImage } from '../../scripts/debian-image/serve.ts';
import { run } from '../../scripts/debian-image/tools.ts';

const root = join(import.meta.dirname, '..', '..');
const work = join(root, 'build', 'debian-image');

type Outcome = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

function backline(...args: readonly string[]): Outcome {
  return spawnSync('npx', ['--loglevel=error', 'backline', ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
}

describe('e2e/debian-image', () => {
  const folder = mkdtempSync(join(tmpdir(), 'backline-e2e-'));
  let image: DebianImage;
  let served: ServedImage;
  let report: ImageReport;

  function scan(input: string): ImageReport {
    const file = join(folder, 'report.json');
    const { status, stderr } = backline(
      'scan',
      input,
      '--offline',
      '--db',
      join(folder, 'db'),
      '--format',
      'json',
      '--output',
      file,
      '--quiet',
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const document = JSON.parse(readFileSync(file, 'utf8')) as { reports: unknown[] };
    return imageReportSchema.parse(document.reports[0]);
  }

  beforeAll(async () => {
    image = buildDebianImage(work);
    served = await serveImage(image.layout, work);
    report = scan(served.reference);
  }, 1_800_000);

  afterAll(async () => {
    await served?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['deb', 'npm', 'maven', 'golang', 'cargo'])(
    'lists exactly the %s packages that their own tools list',
    (type) => {
      const expected = image.expected[type];

      const found = report.packages
        .filter((item) => item.type === type)
        .map(({ name, version }) => `${name} ${version}`);

      expect(expected?.length).toBeGreaterThan(2);
      expect([...new Set(found)].sort()).toEqual(expected);
    },
  );

  it('lists exactly the Python packages that pip lists, and beside them what packages bring inside themselves', () => {
    const topLevel = /site-packages\/[^/]+\/METADATA$/;
    const found = report.packages.filter(({ type }) => type === 'pypi');
    const isInstalled = ({ locations }: (typeof found)[number]): boolean =>
      locations.some(({ path }) => topLevel.test(path));

    const names = found.filter(isInstalled).map(({ name, version }) => `${name} ${version}`);

    expect(names.sort()).toEqual(image.expected['pypi']);
    for (const { locations } of found.filter((item) => !isInstalled(item))) {
      expect(locations.every(({ path }) => path.includes('/_vendor/'))).toBe(true);
    }
  });

  it('tells the distribution, the layers with their steps, and which layer brought a package', () => {
    expect(report.distro).toMatchObject({ id: 'debian', version: '12' });
    expect(report.layers.map(({ createdBy }) => createdBy)).toEqual([
      'debootstrap bookworm',
      'install npm',
      'install pypi',
      'install maven',
      'install golang',
      'install cargo',
    ]);
    expect(report.packages.find(({ name }) => name === 'lodash')).toMatchObject({ introducedIn: 1 });
    expect(report.packages.find(({ name }) => name === 'smallvec')).toMatchObject({ introducedIn: 5 });
  });

  it('reads every layer whole and says that no advisories were there to match with', () => {
    const gaps = report.coverage.filter(({ outcome }) => outcome !== 'complete');

    expect(new Set(gaps.map(({ subject }) => subject))).toEqual(new Set(['feed']));
    expect(new Set(gaps.map(({ reason }) => reason))).toEqual(new Set(['feed-missing']));
    expect(
      backline('scan', served.reference, '--offline', '--db', join(folder, 'db'), '--strict', '--quiet')
        .status,
    ).toBe(3);
  });

  it('finds the same in the OCI layout and in what skopeo saves for docker', () => {
    const archive = join(folder, 'image.tar');
    run(['skopeo', 'copy', '--quiet', `oci:${image.layout}:1`, `docker-archive:${archive}:team/app:1`]);
    const purls = report.packages.map(({ purl }) => purl);

    expect(scan(`oci:${image.layout}:1`).packages.map(({ purl }) => purl)).toEqual(purls);
    expect(scan(archive).packages.map(({ purl }) => purl)).toEqual(purls);
  });

  it('fails with its own code when the image is not there', () => {
    const { status, stderr } = backline('scan', served.reference.replace('team/app:1', 'team/none:1'));

    expect(status).toBe(3);
    expect(stderr).toContain('[image-not-found]');
  });
});
