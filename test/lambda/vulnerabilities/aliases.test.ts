import { describe, expect, it } from '@jest/globals';
import {
  AliasGroups,
  compareIds,
  coveredVulnerabilities,
  isDistributionAdvisory,
} from '../../../lambda/vulnerabilities/aliases.ts';
import { advisory } from '../../doubles/advisories.ts';

function groupsOf(
  ...records: readonly { id: string; aliases?: string[]; upstream?: string[] }[]
): string[][] {
  const groups = new AliasGroups();
  for (const record of records) groups.add(advisory(record));
  return [...groups.members().values()].map((names) => names.slice());
}

describe('vulnerabilities/aliases', () => {
  it('joins aliases both ways and through each other', () => {
    const groups = groupsOf(
      { id: 'GHSA-aaaa-aaaa-aaaa', aliases: ['CVE-2024-1111'] },
      { id: 'PYSEC-2024-1', aliases: ['CVE-2024-1111', 'SNYK-1'] },
      { id: 'GO-2024-1', aliases: ['GHSA-bbbb-bbbb-bbbb'] },
    );

    expect(groups).toEqual([
      ['CVE-2024-1111', 'GHSA-aaaa-aaaa-aaaa', 'PYSEC-2024-1', 'SNYK-1'],
      ['GHSA-bbbb-bbbb-bbbb', 'GO-2024-1'],
    ]);
  });

  it('joins whatever the order of the records', () => {
    const groups = groupsOf(
      { id: 'A-1', aliases: ['A-2'] },
      { id: 'A-3', aliases: ['A-4'] },
      { id: 'A-5', aliases: ['A-4', 'A-2'] },
    );

    expect(groups).toEqual([['A-1', 'A-2', 'A-3', 'A-4', 'A-5']]);
  });

  it('never joins two CVEs through an advisory that covers both', () => {
    const groups = groupsOf(
      { id: 'RHSA-2024:1', upstream: ['CVE-2024-1111', 'CVE-2024-2222'] },
      { id: 'ALSA-2024:1', aliases: ['CVE-2024-1111', 'CVE-2024-2222'] },
      { id: 'GHSA-aaaa-aaaa-aaaa', aliases: ['CVE-2024-1111', 'DSA-1234-1'] },
      { id: 'GHSA-bbbb-bbbb-bbbb', aliases: ['CVE-2024-2222', 'DSA-1234-1'] },
    );

    expect(groups).toEqual([
      ['CVE-2024-1111', 'GHSA-aaaa-aaaa-aaaa'],
      ['CVE-2024-2222', 'GHSA-bbbb-bbbb-bbbb'],
    ]);
  });

  it.each([
    [{ id: 'DEBIAN-CVE-2024-1111', upstream: ['CVE-2024-1111'] }, ['CVE-2024-1111']],
    [{ id: 'UBUNTU-CVE-2024-1111', related: ['USN-1-1', 'CVE-2024-9999'] }, ['CVE-2024-1111']],
    [{ id: 'ALPINE-CVE-2024-1111' }, ['CVE-2024-1111']],
    [{ id: 'GHSA-aaaa-aaaa-aaaa', aliases: ['CVE-2024-1111'] }, ['GHSA-aaaa-aaaa-aaaa']],
    [{ id: 'GHSA-aaaa-aaaa-aaaa', related: ['CVE-2024-2222'] }, ['GHSA-aaaa-aaaa-aaaa']],
    [{ id: 'MAL-2024-1' }, ['MAL-2024-1']],
    [{ id: 'RHSA-2024:1', upstream: ['CVE-2024-1111', 'CVE-2024-2222'] }, ['CVE-2024-1111', 'CVE-2024-2222']],
    // older records of Rocky, Alma and SUSE have their CVEs in `related`
    [{ id: 'RLSA-2024:1', related: ['CVE-2024-1111', 'RHSA-2024:1'] }, ['CVE-2024-1111']],
    [{ id: 'SUSE-SU-2024:1-1', upstream: ['CVE-2024-1111'], related: ['CVE-2024-1111'] }, ['CVE-2024-1111']],
    [
      { id: 'openSUSE-SU-2024:1-1', related: ['CVE-2024-1111', 'CVE-2024-2222'] },
      ['CVE-2024-1111', 'CVE-2024-2222'],
    ],
    [
      { id: 'DSA-5000-1', upstream: ['CVE-2024-1111', 'DEBIAN-CVE-2024-2222'] },
      ['CVE-2024-1111', 'DEBIAN-CVE-2024-2222'],
    ],
    [{ id: 'AZL-1234', upstream: ['CVE-2024-1111'] }, ['CVE-2024-1111']],
    [{ id: 'ALAS2-2024-1', aliases: ['CVE-2024-1111'] }, ['CVE-2024-1111']],
    [{ id: 'ALSA-2024:3138' }, ['ALSA-2024:3138']],
    [{ id: 'USN-1-1', upstream: ['USN-2-1'] }, ['USN-1-1']],
  ])('expands %j to %j', (record, expected) => {
    expect(coveredVulnerabilities(advisory(record))).toEqual(expected);
  });

  it.each([
    'RHSA-2024:1',
    'RHBA-2024:1',
    'RHEA-2024:1',
    'ALSA-2024:1',
    'ALBA-2024:1',
    'RLSA-2024:1',
    'RXSA-2024:1',
    'ELSA-2024-1',
    'SUSE-SU-2024:1-1',
    'openSUSE-SU-2024:1-1',
    'ALAS-2024-1',
    'ALAS2-2024-1',
    'ALAS2023-2024-1',
    'ALAS2DOCKER-2024-1',
    'ALAS2KERNEL-5.10-2024-001',
    'USN-1-1',
    'DSA-1-1',
    'DLA-1-1',
    'AZL-1',
    'CGA-xxxx',
  ])('takes %s for an advisory of a distribution', (id) => {
    expect(isDistributionAdvisory(id)).toBe(true);
  });

  it.each([
    'CVE-2024-1111',
    'GHSA-aaaa',
    'GO-2024-1',
    'PYSEC-2024-1',
    'RUSTSEC-2024-1',
    'DEBIAN-CVE-2024-1',
    'MAL-1',
  ])('takes %s for a vulnerability of its own', (id) => {
    expect(isDistributionAdvisory(id)).toBe(false);
  });

  it('shows CVE before GHSA before others, numbers by value', () => {
    const ids = ['PYSEC-2024-1', 'GHSA-aaaa-aaaa-aaaa', 'CVE-2024-10000', 'CVE-2024-9999', 'CVE-2023-99999'];

    expect(ids.toSorted(compareIds)).toEqual([
      'CVE-2023-99999',
      'CVE-2024-9999',
      'CVE-2024-10000',
      'GHSA-aaaa-aaaa-aaaa',
      'PYSEC-2024-1',
    ]);
  });

  it.each([
    [
      ['CVE-2024-10000', 'CVE-2024-9999', 'CVE-2024-0001', 'CVE-2023-99999'],
      'CVE-2023-99999 CVE-2024-0001 CVE-2024-9999 CVE-2024-10000',
    ],
    [
      ['RUSTSEC-2021-01', 'RUSTSEC-2021-1', 'RUSTSEC-2021-0'],
      'RUSTSEC-2021-0 RUSTSEC-2021-1 RUSTSEC-2021-01',
    ],
    [
      ['GO-2024-1', 'GO-2024', 'GO-2024-1-2', 'DSA-5-1', 'dsa-5-1'],
      'DSA-5-1 GO-2024 GO-2024-1 GO-2024-1-2 dsa-5-1',
    ],
    [['X-1a', 'X-a1', 'X-10', 'X-9a'], 'X-1a X-9a X-10 X-a1'],
    [[`X-${'9'.repeat(400)}`, `X-1${'0'.repeat(400)}`], `X-${'9'.repeat(400)} X-1${'0'.repeat(400)}`],
  ])('orders the numbers in %j by value', (ids, sorted) => {
    expect(ids.toSorted(compareIds).join(' ')).toBe(sorted);
    expect(ids.toReversed().toSorted(compareIds).join(' ')).toBe(sorted);
  });
});
