import { describe, expect, it } from '@jest/globals';
import { redHat } from '../../../../lambda/vulnerabilities/distributions/red-hat.ts';
import { ecosystemsOfContentSets } from '../../../../lambda/vulnerabilities/distributions/red-hat-content-sets.ts';
import { distro } from '../../../doubles/installed.ts';

describe('vulnerabilities/distributions/red-hat-content-sets', () => {
  // Names on the right are ecosystems of OSV's Red Hat records.
  it.each([
    ['rhel-8-for-x86_64-baseos-rpms', 'enterprise_linux:8::baseos'],
    ['rhel-9-for-aarch64-appstream-rpms', 'enterprise_linux:9::appstream'],
    ['rhel-8-for-x86_64-baseos-rpms__8', 'enterprise_linux:8::baseos'],
    ['rhel-8-for-x86_64-baseos-eus-rpms__8_DOT_6', 'rhel_eus:8.6::baseos'],
    ['rhel-8-for-x86_64-appstream-eus-rpms', 'rhel_eus:8.4::appstream'],
    ['rhel-8-for-x86_64-baseos-e4s-rpms', 'rhel_e4s:8.4::baseos'],
    ['rhel-8-for-x86_64-baseos-aus-rpms', 'rhel_aus:8.4::baseos'],
    ['rhel-8-for-x86_64-baseos-tus-rpms', 'rhel_tus:8.4::baseos'],
    ['rhel-8-for-x86_64-rt-rpms', 'enterprise_linux:8::realtime'],
    ['rhel-8-for-x86_64-sap-netweaver-rpms', 'enterprise_linux:8::sap'],
    ['rhel-8-for-x86_64-sap-solutions-rpms', 'enterprise_linux:8::sap_hana'],
    ['codeready-builder-for-rhel-9-x86_64-rpms', 'enterprise_linux:9::crb'],
    ['codeready-builder-for-rhel-8-x86_64-eus-rpms', 'rhel_eus:8.4::crb'],
    ['ubi-9-baseos-rpms', 'enterprise_linux:9::baseos'],
    ['ubi-8-codeready-builder-rpms', 'enterprise_linux:8::crb'],
    ['ubi-9-for-x86_64-appstream-rpms', 'enterprise_linux:9::appstream'],
    ['rhel-7-server-rpms', 'enterprise_linux:7::server'],
    ['rhel-7-server-optional-rpms', 'enterprise_linux:7::server'],
    ['rhel-7-server-extras-rpms', 'rhel_extras:7'],
    ['rhel-7-workstation-rpms', 'enterprise_linux:7::workstation'],
    ['rhel-6-hpc-node-rpms', 'enterprise_linux:6::computenode'],
    ['rhel-server-rhscl-7-rpms', 'rhel_software_collections:3::el7'],
    ['rhocp-4.12-for-rhel-8-x86_64-rpms', 'openshift:4.12::el8'],
  ])('maps %s to %s', (contentSet, cpe) => {
    expect(ecosystemsOfContentSets([contentSet], '8.4')).toEqual({
      ecosystems: [`Red Hat:${cpe}`],
      unmapped: [],
    });
  });

  it('passes over debug and source repositories', () => {
    const contentSets = [
      'rhel-8-for-x86_64-baseos-debug-rpms',
      'rhel-8-for-x86_64-baseos-source-rpms__8_DOT_6',
    ];

    expect(ecosystemsOfContentSets(contentSets, '8.4')).toEqual({ ecosystems: [], unmapped: [] });
  });

  it.each(['ansible-2-for-rhel-8-x86_64-rpms', 'rhel-8-for-x86_64-constructor-rpms', '', 'rhel-8-for--rpms'])(
    'reports %j as unmapped',
    (contentSet) => {
      expect(ecosystemsOfContentSets([contentSet], '8.4')).toEqual({
        ecosystems: [],
        unmapped: [contentSet],
      });
    },
  );

  it('takes a frozen stream in place of the main one of the same repository', () => {
    const contentSets = [
      'rhel-8-for-x86_64-baseos-rpms',
      'rhel-8-for-x86_64-appstream-rpms',
      'rhel-8-for-x86_64-baseos-eus-rpms',
    ];

    expect(ecosystemsOfContentSets(contentSets, '8.6').ecosystems).toEqual([
      'Red Hat:enterprise_linux:8::appstream',
      'Red Hat:rhel_eus:8.6::baseos',
    ]);
  });

  it('decides what an image is matched with, and says what it cannot match', () => {
    const image = distro('rhel', '9.4', {
      repositories: ['rhel-9-for-x86_64-appstream-rpms', 'rhel-9-for-x86_64-baseos-rpms', 'secret-repo-rpms'],
    });

    const feed = redHat.release(image);

    expect(feed?.ecosystems).toEqual([
      { name: 'Red Hat:enterprise_linux:9::appstream', role: 'additional' },
      { name: 'Red Hat:enterprise_linux:9::baseos', role: 'main' },
    ]);
    expect(feed?.gap).toEqual({
      reason: 'unmapped-repositories',
      detail: 'no advisories are known for the content sets secret-repo-rpms',
    });
  });

  it('needs every repository of an image that has no base repository', () => {
    const image = distro('rhel', '8', { repositories: ['rhocp-4.12-for-rhel-8-x86_64-rpms'] });

    expect(redHat.release(image)?.ecosystems).toEqual([
      { name: 'Red Hat:openshift:4.12::el8', role: 'main' },
    ]);
  });

  it('uses the defaults when no content set is known', () => {
    const image = distro('rhel', '9.4', { repositories: ['secret-repo-rpms'] });

    expect(redHat.release(image)?.ecosystems.map(({ name }) => name)).toContain(
      'Red Hat:enterprise_linux:9::baseos',
    );
  });
});
