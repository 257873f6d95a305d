import { describe, expect, it } from '@jest/globals';
import type { Advisory } from '../../../../lambda/vulnerabilities/advisory.ts';
import { fromInstalledRepository } from '../../../../lambda/vulnerabilities/match/amazon.ts';
import { advisory } from '../../../doubles/advisories.ts';

/** Fixed versions by repository; the figures are from updateinfo.xml of Amazon Linux 2. */
function advisories(fixes: Readonly<Record<string, readonly string[]>>): Advisory[] {
  return Object.entries(fixes).flatMap(([repository, versions]) =>
    versions.map((fixed) =>
      advisory({ ecosystem: 'Amazon Linux:2', id: `ALAS2-${fixed}`, repository, fixed }),
    ),
  );
}

function repositoriesFor(version: string, fixes: Readonly<Record<string, readonly string[]>>): string[] {
  const chosen = fromInstalledRepository(advisories(fixes), version);
  return [...new Set(chosen.map(({ affected }) => affected.repository ?? ''))];
}

const KERNEL = {
  core: ['0:4.9.76-38.79.amzn2', '0:4.14.104-95.84.amzn2'],
  'kernel-5.4': ['0:5.4.110-54.182.amzn2'],
  'kernel-5.10': ['0:5.10.102-99.473.amzn2'],
  'kernel-5.15': ['0:5.15.104-63.140.amzn2'],
};
const POSTGRESQL = {
  core: ['0:9.2.24-8.amzn2.0.4'],
  postgresql11: ['0:11.20-1.amzn2.0.2'],
  postgresql12: ['0:12.20-1.amzn2.0.1'],
  postgresql13: ['0:13.3-2.amzn2.0.1', '0:13.11-1.amzn2.0.1'],
  postgresql14: ['0:14.10-1.amzn2.0.1'],
};
const DNSMASQ = { core: ['0:2.76-16.amzn2.1.5'], dnsmasq: ['0:2.88-1.amzn2.0.2', '0:2.90-1.amzn2.0.1'] };
const GOLANG = {
  core: ['0:1.13.14-1.amzn2.0.1', '0:1.20.12-1.amzn2.0.1'],
  'golang1.19': ['0:1.19.10-1.amzn2.0.2'],
};
const IRB = { 'ruby2.6': ['0:1.0.0-130.amzn2.0.1'], 'ruby3.0': ['0:1.3.5-156.amzn2.0.2'] };
const DOCKER = {
  docker: ['0:17.12.1ce-2.amzn2', '0:25.0.6-1.amzn2.0.1'],
  ecs: ['0:20.10.13-2.amzn2', '0:25.0.6-1.amzn2.0.1'],
};

describe('vulnerabilities/match/amazon', () => {
  it.each([
    ['4.14.88-88.73.amzn2', KERNEL, ['core']],
    ['4.9.70-1.amzn2', KERNEL, ['core']],
    ['5.4.91-41.139.amzn2', KERNEL, ['kernel-5.4']],
    ['5.10.50-44.131.amzn2', KERNEL, ['kernel-5.10']],
    ['5.15.90-54.138.amzn2', KERNEL, ['kernel-5.15']],
    // 5.1 is not the beginning of 5.10 or 5.15
    ['5.1.3-1.amzn2', KERNEL, ['core']],
    // nor is 8.1 that of 8.10
    ['8.10.1-1.amzn2', { core: ['0:5.4.16-1.amzn2'], 'php8.1': ['0:8.1.29-1.amzn2'] }, ['core']],
    ['9.2.24-6.amzn2', POSTGRESQL, ['core']],
    ['13.1-1.amzn2', POSTGRESQL, ['postgresql13']],
    ['14.1-3.amzn2.0.1', POSTGRESQL, ['postgresql14']],
    ['0:12.7-1.amzn2.0.1', POSTGRESQL, ['postgresql12']],
    ['2.76-5.amzn2', DNSMASQ, ['core']],
    ['2.88-1.amzn2.0.1', DNSMASQ, ['core', 'dnsmasq']],
    ['2.80-1.amzn2', DNSMASQ, ['core', 'dnsmasq']],
    ['1.13.3-1.amzn2', GOLANG, ['core']],
    ['1.9.4-3.amzn2.0.2', GOLANG, ['core']],
    ['1.19.6-1.amzn2.0.2', GOLANG, ['golang1.19']],
    // packages of a topic with versions of their own
    ['1.0.0-125.amzn2.0.2', IRB, ['ruby2.6']],
    // older lines do no harm: their fixes are all below
    ['1.3.5-148.amzn2', IRB, ['ruby2.6', 'ruby3.0']],
    // a version nobody mended, in topics without a version line: all may be meant
    ['19.03.13ce-1.amzn2', DOCKER, ['docker', 'ecs']],
    ['20.10.7-5.amzn2', DOCKER, ['docker', 'ecs']],
    // the same line in both: cannot be told apart
    [
      '1.3.32-1.amzn2',
      { core: ['0:1.3.38-1.amzn2'], 'GraphicsMagick1.3': ['0:1.3.45-1.amzn2'] },
      ['core', 'GraphicsMagick1.3'],
    ],
    ['1.0-0.amzn2', { core: ['0:1.0-0.amzn2'], livepatch: ['0:1.0-2.amzn2'] }, ['core', 'livepatch']],
  ])('compares %s of %j with %j', (version, fixes, repositories) => {
    expect(repositoriesFor(version, fixes)).toEqual(repositories);
  });

  it('keeps every advisory of the chosen repository', () => {
    expect(fromInstalledRepository(advisories(KERNEL), '4.9.70-1.amzn2').map(({ id }) => id)).toEqual([
      'ALAS2-0:4.9.76-38.79.amzn2',
      'ALAS2-0:4.14.104-95.84.amzn2',
    ]);
  });

  it('takes an advisory without a repository for one of core', () => {
    const plain = advisory({ ecosystem: 'Amazon Linux:2023', fixed: '0:2.0-1' });
    const topic = advisory({ ecosystem: 'Amazon Linux:2023', fixed: '0:3.0-1', repository: 'x3' });

    expect(fromInstalledRepository([plain], '1.0-1')).toEqual([plain]);
    expect(fromInstalledRepository([plain, topic], '3.0-0')).toEqual([topic]);
  });
});
