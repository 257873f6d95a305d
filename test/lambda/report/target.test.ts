import { describe, expect, it } from '@jest/globals';
import type { ImageReport } from '../../../lambda/report/index.ts';
import { targetsOf, targetTitle } from '../../../lambda/report/target.ts';
import { cleanReport, fullReport, sampleFinding, samplePackage } from '../../support/sample-report.ts';

type PackageType = ImageReport['packages'][number]['type'];

describe('report/target', () => {
  it.each<[PackageType, string, string]>([
    ['npm', 'app/node_modules/a/node_modules/b/package.json', 'app/node_modules (npm)'],
    ['npm', 'node_modules/a/package.json', 'node_modules (npm)'],
    ['npm', 'app/package-lock.json', 'app/package-lock.json (npm)'],
    [
      'pypi',
      'usr/lib/python3/dist-packages/six-1.16.0.dist-info/METADATA',
      'usr/lib/python3/dist-packages (pypi)',
    ],
    ['pypi', 'usr/lib/python3/dist-packages/six.egg-info', 'usr/lib/python3/dist-packages (pypi)'],
    ['pypi', 'six.egg-info', 'six.egg-info (pypi)'],
    ['gem', 'var/gems/specifications/rake-13.0.6.gemspec', 'var/gems/specifications (gem)'],
    ['maven', 'srv/app.jar!/lib/a.jar!/b.jar', 'srv/app.jar (maven)'],
    ['golang', 'usr/bin/tool', 'usr/bin/tool (golang)'],
    ['composer', 'srv/vendor/composer/installed.json', 'srv/vendor/composer/installed.json (composer)'],
  ])('files a package of %s read from %s under %s', (type, path, title) => {
    expect(targetTitle(samplePackage({ type, locations: [{ path, layer: 0 }] }), undefined)).toBe(title);
  });

  it.each<[PackageType, ImageReport['distro'], string]>([
    ['deb', cleanReport().distro, 'debian 12 (dpkg)'],
    ['rpm', { id: 'arch', version: '', prettyName: '', idLike: [], repositories: [] }, 'arch (rpm)'],
    ['apk', undefined, 'unknown distribution (apk)'],
  ])('files OS packages (%s) under the distribution', (type, distro, title) => {
    expect(targetTitle(samplePackage({ type }), distro)).toBe(title);
  });

  it('lists the distribution before the applications, and findings of unknown packages as well', () => {
    const report = fullReport();
    const stray = sampleFinding(samplePackage({ purl: 'pkg:npm/nowhere@1' }));

    const targets = targetsOf(report, [...report.findings, stray]);

    expect(targets.map(({ title, findings }) => [title, findings.length])).toEqual([
      ['debian 12 (dpkg)', 2],
      ['app/node_modules (npm)', 2],
      ['other packages', 1],
      ['srv/app.jar (maven)', 1],
    ]);
  });
});
