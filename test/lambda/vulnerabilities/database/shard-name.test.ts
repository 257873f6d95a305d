import { describe, expect, it } from '@jest/globals';
import { shardName } from '../../../../lambda/vulnerabilities/database/shard-name.ts';

describe('vulnerabilities/database/shard-name', () => {
  // Ecosystem names as they stand in OSV's exports.
  it.each([
    ['Debian:12', 'Debian-12'],
    ['Alpine:v3.20', 'Alpine-v3.20'],
    ['Alpine:edge', 'Alpine-edge'],
    ['AlmaLinux:9', 'AlmaLinux-9'],
    ['Rocky Linux:8', 'Rocky-Linux-8'],
    ['Amazon Linux:2023', 'Amazon-Linux-2023'],
    ['openSUSE:Leap 15.6', 'openSUSE-Leap-15.6'],
    ['Ubuntu:22.04:LTS', 'Ubuntu-22.04'],
    ['Ubuntu:Pro:22.04:LTS', 'Ubuntu-22.04'],
    ['Ubuntu:Pro:FIPS-updates:22.04:LTS', 'Ubuntu-22.04'],
    ['Ubuntu:24.10', 'Ubuntu-24.10'],
    ['Red Hat:enterprise_linux:8::baseos', 'Red-Hat-8'],
    ['Red Hat:rhel_eus:8.6::appstream', 'Red-Hat-8'],
    ['Red Hat:rhel_extras_rt:7', 'Red-Hat-7'],
    ['Red Hat:enterprise_linux:10.0', 'Red-Hat-10'],
    ['Red Hat:openshift:4.13::el9', 'Red-Hat-products'],
    ['Red Hat:rhel_software_collections:3::el7', 'Red-Hat-products'],
    ['SUSE:Linux Enterprise Module for Basesystem 15 SP5', 'SUSE-15-SP5'],
    ['SUSE:Linux Enterprise Server 12 SP5-LTSS', 'SUSE-12-SP5'],
    ['SUSE:Linux Enterprise Server 15-LTSS', 'SUSE-15'],
    ['SUSE:Linux Enterprise Micro 5.5', 'SUSE-Micro-5.5'],
    ['SUSE:Manager Server 4.3', 'SUSE-products'],
    ['npm', 'npm'],
    ['crates.io', 'crates.io'],
    ['Wolfi', 'Wolfi'],
    ['Maven:https://repo.example.com/releases', 'Maven'],
  ])('keeps %s in %s', (ecosystem, name) => {
    expect(shardName(ecosystem)).toBe(name);
  });

  it.each(['Debian:../../etc', 'x/y', '..', 'a\u0000b'])('makes a plain file name of %j', (ecosystem) => {
    expect(shardName(ecosystem)).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
  });
});
