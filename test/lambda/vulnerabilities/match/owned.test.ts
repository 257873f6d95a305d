import { describe, expect, it } from '@jest/globals';
import type { Distro, Package } from '../../../../lambda/packages/index.ts';
import type { Advisory } from '../../../../lambda/vulnerabilities/advisory.ts';
import { matchPackages } from '../../../../lambda/vulnerabilities/match/index.ts';
import { advisory, advisoryLookup } from '../../../doubles/advisories.ts';
import { distro, installed } from '../../../doubles/installed.ts';

const BOOKWORM = distro('debian', '12');
const MAINTAINER = 'Debian Python Team <team+python@tracker.debian.org>';
const owner = (facts: Partial<Package> = {}) =>
  installed('deb', 'python3-requests', '2.28.1+dfsg-1', {
    source: { name: 'requests', version: '2.28.1+dfsg-1' },
    vendor: MAINTAINER,
    ...facts,
  });
const child = (version: string, ownedBy: string | undefined) =>
  installed('pypi', 'requests', version, { ...(ownedBy !== undefined && { ownedBy }) });
const hole = advisory({
  id: 'GHSA-aaaa-aaaa-aaaa',
  aliases: ['CVE-2024-1111'],
  ecosystem: 'PyPI',
  name: 'requests',
  fixed: '2.31.0',
});

/** Id and reason of the findings of the language package. */
function silenced(
  packages: readonly Package[],
  advisories: readonly Advisory[],
  release: Distro | undefined,
  ecosystems: readonly string[] = ['Debian:12'],
): (string | undefined)[] {
  const output = matchPackages({
    packages,
    distro: release,
    lookup: advisoryLookup(advisories, { ecosystems }),
  });
  return output.findings
    .filter(({ packageName }) => packageName === 'requests')
    .map(({ suppressedBy }) => suppressedBy);
}

describe('vulnerabilities/match/owned', () => {
  it('lets a feed that lists unfixed issues vouch for the files of its packages', () => {
    const parent = owner();

    expect(silenced([parent, child('2.28.1', parent.purl)], [hole], BOOKWORM)).toEqual([
      'the files belong to python3-requests 2.28.1+dfsg-1: the advisories of Debian:12 speak for them',
    ]);
  });

  it('keeps the silenced finding, found in whatever order', () => {
    const parent = owner();

    expect(silenced([child('2.28.1', parent.purl), parent], [hole], BOOKWORM)).toHaveLength(1);
  });

  it.each<[string, () => Package, string]>([
    ['nobody owns', () => owner(), '2.28.1'],
    ['a third party owns', () => owner({ vendor: 'Somebody <somebody@nodesource.com>' }), '2.28.1'],
    ['a package of unknown make owns', () => owner({ vendor: 'Somebody <somebody@example.com>' }), '2.28.1'],
    ['another version is vendored in', () => owner(), '2.27.0'],
    ['a version with the same beginning is vendored in', () => owner(), '2.2'],
    ['a package states no version for', () => owner(), '0'],
  ])('does not vouch for files that %s', (title, makeOwner, version) => {
    const parent = makeOwner();
    const ownedBy = title === 'nobody owns' ? undefined : parent.purl;

    expect(silenced([parent, child(version, ownedBy)], [hole], BOOKWORM)).toEqual([undefined]);
  });

  it('does not vouch when the owner is not in the image', () => {
    expect(silenced([child('2.28.1', 'pkg:deb/gone@1')], [hole], BOOKWORM)).toEqual([undefined]);
  });

  it('does not vouch when the database lacks the feed', () => {
    const parent = owner();

    expect(silenced([parent, child('2.28.1', parent.purl)], [hole], BOOKWORM, [])).toEqual([undefined]);
  });

  const almalinux = distro('almalinux', '9.3');
  const rpmOwner = installed('rpm', 'python3-requests', '2.25.1-8.el9', { vendor: 'AlmaLinux' });
  const rpmChild = child('2.25.1', rpmOwner.purl);

  it('silences nothing by the silence of a feed that lists fixed issues only', () => {
    expect(silenced([rpmOwner, rpmChild], [hole], almalinux, ['AlmaLinux:9'])).toEqual([undefined]);
  });

  it('silences what such a feed says is fixed in the owner, by id or alias', () => {
    const fixed = advisory({
      id: 'ALSA-2024:1',
      ecosystem: 'AlmaLinux:9',
      name: 'python3-requests',
      upstream: ['CVE-2024-1111'],
      fixed: '2.25.1-8.el9',
    });

    expect(silenced([rpmOwner, rpmChild], [hole, fixed], almalinux)).toEqual([
      'AlmaLinux:9 says that python3-requests 2.25.1-8.el9, which installed the files, is not affected',
    ]);
  });

  it('does not silence what the feed says the owner still has', () => {
    const facts = { ecosystem: 'AlmaLinux:9', name: 'python3-requests', upstream: ['CVE-2024-1111'] };
    const records = [
      hole,
      advisory({ ...facts, id: 'ALSA-2024:1', fixed: '2.25.1-8.el9' }),
      advisory({ ...facts, id: 'ALSA-2024:2', fixed: '2.25.1-9.el9' }),
    ];

    expect(silenced([rpmOwner, rpmChild], records, almalinux)).toEqual([undefined]);
  });

  it('does not silence another vulnerability', () => {
    const other = advisory({
      id: 'ALSA-2024:1',
      ecosystem: 'AlmaLinux:9',
      name: 'python3-requests',
      upstream: ['CVE-2024-9999'],
      fixed: '2.25.1-8.el9',
    });

    expect(silenced([rpmOwner, rpmChild], [hole, other], almalinux)).toEqual([undefined]);
  });

  it('silences a vendored copy only for what the feed says', () => {
    const parent = owner();
    const notAffected = advisory({
      id: 'DEBIAN-CVE-2024-1111',
      ecosystem: 'Debian:12',
      name: 'requests',
      fixed: '2.28.1+dfsg-1',
    });

    expect(silenced([parent, child('2.27.0', parent.purl)], [hole, notAffected], BOOKWORM)).toEqual([
      'Debian:12 says that python3-requests 2.28.1+dfsg-1, which installed the files, is not affected',
    ]);
  });

  it('vouches for a copy with a longer version, and for one without findings', () => {
    const parent = owner({ version: '2.28-1' });

    expect(silenced([parent, child('2.28.1', parent.purl)], [hole], BOOKWORM)).toEqual([
      expect.stringContaining('Debian:12'),
    ]);
    expect(silenced([parent, child('2.31.0', parent.purl)], [hole], BOOKWORM)).toEqual([]);
  });

  it('counts a copy that nothing owns although another is owned', () => {
    const parent = owner();
    const packages = [parent, child('2.28.1', parent.purl), child('2.28.1', undefined)];

    expect(silenced(packages, [hole], BOOKWORM)).toEqual([undefined]);
  });
});
