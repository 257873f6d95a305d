import { describe, expect, it } from '@jest/globals';
import type { Distro, Package } from '../../../../lambda/packages/index.ts';
import { matchPackages } from '../../../../lambda/vulnerabilities/index.ts';
import { advisory, advisoryLookup, events } from '../../../doubles/advisories.ts';
import { distro, installed } from '../../../doubles/installed.ts';
import { idsOf } from '../../../doubles/matched.ts';

describe('vulnerabilities/match: other distributions', () => {
  it.each<[string, Distro, Package, Partial<Parameters<typeof advisory>[0]>, boolean]>([
    [
      'Alpine by origin',
      distro('alpine', '3.19.1'),
      installed('apk', 'libcrypto3', '3.1.4-r5', { source: { name: 'openssl', version: '3.1.4-r5' } }),
      { ecosystem: 'Alpine:v3.19', name: 'openssl', fixed: '3.1.4-r6' },
      true,
    ],
    [
      'Alpine, fixed',
      distro('alpine', '3.19.1'),
      installed('apk', 'openssl', '3.1.4-r6'),
      { ecosystem: 'Alpine:v3.19', name: 'openssl', fixed: '3.1.4-r6' },
      false,
    ],
    [
      'Wolfi',
      distro('wolfi', ''),
      installed('apk', 'go', '1.22.0-r0'),
      { ecosystem: 'Wolfi', name: 'go', fixed: '1.22.1-r0' },
      true,
    ],
    [
      'Rocky by source',
      distro('rocky', '8.9'),
      installed('rpm', 'openssl-libs', '1:1.1.1k-9.el8', {
        source: { name: 'openssl', version: '1.1.1k-9.el8' },
      }),
      { ecosystem: 'Rocky Linux:8', name: 'openssl', fixed: '1:1.1.1k-12.el8_9' },
      true,
    ],
    [
      'Rocky, source with unknown epoch',
      distro('rocky', '8.9'),
      installed('rpm', 'perl-Errno', '1.28-417.el8', { source: { name: 'perl', version: '5.26.3-417.el8' } }),
      { ecosystem: 'Rocky Linux:8', name: 'perl', fixed: '4:5.26.3-420.el8' },
      true,
    ],
    [
      'Azure Linux, last affected',
      distro('mariner', '2.0'),
      installed('rpm', 'vino', '3.22.0-20.cm2'),
      { ecosystem: 'Azure Linux:2', name: 'vino', events: events('>=0 <=3.22.0-20.cm2') },
      true,
    ],
    [
      'Azure Linux, not applicable',
      distro('mariner', '2.0'),
      installed('rpm', 'fish', '3.6.2-1.cm2'),
      {
        ecosystem: 'Azure Linux:2',
        name: 'fish',
        events: events('>=0 <=3.6.2-1.cm2'),
        state: 'Not Applicable',
      },
      false,
    ],
    [
      'Azure Linux, epoch of the package alone',
      distro('azurelinux', '3.0'),
      installed('rpm', 'bind', '1:9.20-2.azl3'),
      { ecosystem: 'Azure Linux:3', name: 'bind', fixed: '9.20-2.azl3' },
      false,
    ],
    [
      'SUSE module',
      distro('sles', '15.5'),
      installed('rpm', 'zlib', '1.2.11-1'),
      { ecosystem: 'SUSE:Linux Enterprise Module for Python 3 15 SP5', name: 'zlib', fixed: '1.2.13-1' },
      true,
    ],
    [
      'CentOS with Red Hat',
      distro('centos', '8'),
      installed('rpm', 'x', '1-1.el8', { vendor: 'CentOS' }),
      { ecosystem: 'Red Hat:enterprise_linux:8::appstream', name: 'x', fixed: '0:2-1.el8' },
      true,
    ],
    [
      'same module',
      distro('rhel', '8.9'),
      installed('rpm', 'nodejs', '18.1-1.module+el8', { module: 'nodejs:18' }),
      {
        ecosystem: 'Red Hat:enterprise_linux:8::appstream',
        name: 'nodejs',
        fixed: '1:18.2-1.module+el8',
        module: 'nodejs:18',
      },
      true,
    ],
    [
      'another module',
      distro('rhel', '8.9'),
      installed('rpm', 'nodejs', '16.1-1.module+el8', { module: 'nodejs:16' }),
      {
        ecosystem: 'Red Hat:enterprise_linux:8::appstream',
        name: 'nodejs',
        fixed: '1:18.2-1.module+el8',
        module: 'nodejs:18',
      },
      false,
    ],
    [
      'another repository of Amazon Linux',
      distro('amzn', '2'),
      installed('rpm', 'kernel', '4.14.88-88.73.amzn2'),
      {
        ecosystem: 'Amazon Linux:2',
        name: 'kernel',
        fixed: '0:5.10.102-99.473.amzn2',
        repository: 'kernel-5.10',
      },
      false,
    ],
    [
      'the repository of Amazon Linux',
      distro('amzn', '2'),
      installed('rpm', 'kernel', '5.10.50-44.131.amzn2'),
      {
        ecosystem: 'Amazon Linux:2',
        name: 'kernel',
        fixed: '0:5.10.102-99.473.amzn2',
        repository: 'kernel-5.10',
      },
      true,
    ],
    [
      'another architecture',
      distro('amzn', '2023'),
      installed('rpm', 'x', '1-1', { arch: 'aarch64' }),
      { ecosystem: 'Amazon Linux:2023', name: 'x', fixed: '0:2-1', arch: 'x86_64' },
      false,
    ],
    [
      'debug symbols',
      distro('almalinux', '9.3'),
      installed('rpm', 'x-debuginfo', '1-1'),
      { ecosystem: 'AlmaLinux:9', name: 'x-debuginfo', fixed: '2-1' },
      false,
    ],
  ])('matches %s', (_title, release, pkg, facts, expected) => {
    expect(idsOf(pkg, [advisory({ id: 'CVE-2024-1111', ...facts })], release)).toEqual(
      expected ? ['CVE-2024-1111'] : [],
    );
  });

  it('says what SUSE mends for paying customers only', () => {
    const record = advisory({
      id: 'SUSE-SU-2024:1-1',
      ecosystem: 'SUSE:Linux Enterprise Server 15 SP3-LTSS',
      name: 'x',
      upstream: ['CVE-2024-1111'],
      fixed: '2-1',
    });
    const lookup = advisoryLookup([record], {
      ecosystems: ['SUSE:Linux Enterprise Module for Basesystem 15 SP3'],
    });

    const output = matchPackages({
      packages: [installed('rpm', 'x', '1-1')],
      distro: distro('sles', '15.3'),
      lookup,
    });

    expect(output.findings.map(({ id, status }) => [id, status])).toEqual([
      ['CVE-2024-1111', 'fixed_with_subscription'],
    ]);
  });
});
