import { describe, expect, it } from '@jest/globals';
import type { ViewFile } from '../../../lambda/image/index.ts';
import type { CatalogerOutput } from '../../../lambda/packages/cataloger.ts';
import { distro as cataloger } from '../../../lambda/packages/catalogers/distro/index.ts';
import { detectDistro } from '../../../lambda/packages/detect-distro.ts';
import { OS_RELEASES, type ReleaseFiles } from '../../support/os-releases.ts';
import { wantedFile } from '../../support/wanted-file.ts';

function detect(files: ReleaseFiles) {
  return detectDistro(
    Object.entries(files).map(([key, content]): ViewFile<CatalogerOutput> => {
      const [layer = '0', path = ''] = key.includes(':') ? key.split(':') : ['0', key];
      const text = typeof content === 'string' ? content : content.join('\n');
      const { outputs, problems } = cataloger.parse(wantedFile(path, `${text}\n`));
      return { path, analyzer: 'distro', layer: Number(layer), outputs, problems, history: [] };
    }),
  );
}

describe('packages/detect-distro', () => {
  it.each(OS_RELEASES)('knows %s', (_, files, expected) => {
    const { distro, problems } = detect(files);

    expect(distro).toMatchObject(expected);
    expect(problems).toEqual([]);
  });

  it.each([
    ['etc/alpine-release', '3.19.1', 'alpine', '3.19.1'],
    ['etc/debian_version', '12.5', 'debian', '12'],
    ['etc/debian_version', '6.0.10', 'debian', '6'],
    ['etc/debian_version', 'forky/sid', 'debian', ''],
    ['etc/centos-release', 'CentOS release 6.10 (Final)', 'centos', '6.10'],
    ['etc/redhat-release', 'Red Hat Enterprise Linux Server release 6.10 (Santiago)', 'rhel', '6.10'],
    ['etc/redhat-release', 'CentOS Stream release 8', 'centos-stream', '8'],
    ['etc/redhat-release', 'AlmaLinux release 9.3 (Shamrock Pampas Cat)', 'almalinux', '9.3'],
    ['etc/redhat-release', 'Rocky Linux release 8.9 (Green Obsidian)', 'rocky', '8.9'],
    ['etc/oracle-release', 'Oracle Linux Server release 8.9', 'ol', '8.9'],
    ['etc/redhat-release', 'Fedora release 39 (Thirty Nine)', 'fedora', '39'],
    ['etc/system-release', 'Amazon Linux AMI release 2018.03', 'amzn', '2018.03'],
    ['usr/lib/system-release', 'Amazon Linux release 2023.3.20240108 (Amazon Linux)', 'amzn', '2023'],
    ['etc/system-release-cpe', 'cpe:/o:centos:linux:6:GA', 'centos', '6'],
    ['etc/system-release-cpe', 'cpe:/o:redhat:enterprise_linux:8.5:GA', 'rhel', '8.5'],
    ['etc/lsb-release', 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=14.04', 'ubuntu', '14.04'],
  ])('without os-release goes by %s: %s', (path, text, id, version) => {
    expect(detect({ [path]: text }).distro).toMatchObject({ id, version });
  });

  it.each(['some text', 'Gadget release 9', 'cpe:/o:gadget:gadget:1', ''])(
    'makes nothing of a release file saying %p',
    (text) => {
      expect(detect({ 'etc/redhat-release': text, 'etc/debian_version': text })).toEqual({ problems: [] });
    },
  );

  it('finds no distribution where no file tells one', () => {
    expect(detectDistro([])).toEqual({ problems: [] });
  });

  it('prefers etc/os-release to usr/lib/os-release of the same layer', () => {
    const { distro, problems } = detect({
      'usr/lib/os-release': 'ID=debian\nVERSION_ID=11',
      'etc/os-release': 'ID=mine\nVERSION_ID=1',
    });

    expect([distro?.id, problems]).toEqual(['mine', []]);
  });

  it('goes on to usr/lib/os-release when etc/os-release names no distribution', () => {
    expect(
      detect({ 'etc/os-release': 'NAME=x', 'usr/lib/os-release': 'ID=debian\nVERSION_ID=11' }).distro?.id,
    ).toBe('debian');
  });

  it('takes the version from another file about the same distribution', () => {
    const { distro } = detect({
      'etc/os-release': 'ID=debian\nNAME="Debian GNU/Linux"',
      'etc/debian_version': '13.1',
    });

    expect(distro).toMatchObject({ id: 'debian', version: '13' });
  });

  const DEBIAN_11 = 'ID=debian\nVERSION_ID="11"\nVERSION_CODENAME=bullseye';

  it.each([
    [
      'another os-release',
      { 'etc/os-release': DEBIAN_11, '2:usr/lib/os-release': 'ID=debian\nVERSION_ID=12' },
      '12',
    ],
    [
      'the os-release of another distribution',
      { 'etc/os-release': DEBIAN_11, '2:usr/lib/os-release': 'ID=wolfi\nVERSION_ID=20230201' },
      '',
    ],
    [
      'a debian_version of another release',
      { 'etc/os-release': DEBIAN_11, '2:etc/debian_version': '12.5' },
      '12',
    ],
    [
      'a release file of another family',
      { 'etc/os-release': DEBIAN_11, '2:etc/alpine-release': '3.19.1' },
      '3.19.1',
    ],
  ])('believes the newest layer when it brings %s, and reports it', (_, files, version) => {
    const { distro, problems } = detect(files);

    expect(distro?.version).toBe(version);
    expect(problems).toMatchObject([
      {
        code: 'conflicting-distro',
        detail: expect.stringContaining('etc/os-release of layer 0 says debian 11'),
      },
    ]);
  });

  it.each([
    ['an older layer disagrees', { 'etc/debian_version': '10.1', '2:etc/os-release': DEBIAN_11 }],
    ['a point release comes later', { 'etc/os-release': DEBIAN_11, '2:etc/debian_version': '11.9' }],
    [
      'a parent’s file comes later',
      { 'etc/os-release': `${DEBIAN_11}\nID_LIKE=fedora`, '2:etc/redhat-release': 'Fedora release 11' },
    ],
  ])('sees no conflict when %s', (_, files) => {
    const { distro, problems } = detect(files);

    expect([distro?.id, distro?.version, problems]).toEqual(['debian', '11', []]);
  });

  it('sees a conflict in a release file of the Red Hat family when the major release differs', () => {
    const { distro, problems } = detect({
      'etc/os-release': 'ID="centos"\nNAME="CentOS Linux"\nVERSION_ID="7"',
      '1:etc/redhat-release': 'AlmaLinux release 8.9 (Midnight Oncilla)',
    });

    expect(distro).toMatchObject({ id: 'almalinux', version: '8.9' });
    expect(problems).toMatchObject([{ code: 'conflicting-distro', path: 'etc/redhat-release' }]);
  });

  it('sees no conflict in the files that Oracle Linux keeps of Red Hat, even in a later layer', () => {
    const { distro, problems } = detect({
      'etc/os-release': 'ID="ol"\nVERSION_ID="9.3"\nID_LIKE="fedora"',
      '2:etc/redhat-release': 'Red Hat Enterprise Linux release 9.4 (Plow)',
    });

    expect([distro?.id, problems]).toEqual(['ol', []]);
  });

  it('knows an os-release behind a link', () => {
    expect(
      detect({ 'usr/lib/os.release.d/os-release-container': 'ID=fedora\nVERSION_ID=39' }).distro,
    ).toMatchObject({
      id: 'fedora',
      version: '39',
    });
  });

  it.each([
    ['mixed streams', ['http://m/alpine/v3.18/main', 'http://m/alpine/edge/testing/'], ['v3.18', 'edge']],
    [
      'a tagged repository, which is not the stream',
      ['http://m/v3.18/main', '@edge http://m/edge/main'],
      ['v3.18'],
    ],
    ['the newest release by name', ['http://m/alpine/latest-stable/main'], ['latest-stable']],
    ['packages on a disk', ['/media/cdrom/apks'], []],
  ])('reads the repositories of Alpine: %s', (_, lines, repositories) => {
    const { distro } = detect({
      'etc/os-release': 'ID=alpine\nVERSION_ID=3.18.4',
      'etc/apk/repositories': lines,
    });

    expect(distro?.repositories).toEqual(repositories);
  });

  it('gives no codename, cpe or state of Ubuntu Pro where none is stated', () => {
    const { distro } = detect({
      'etc/os-release': 'ID=fedora\nVERSION_ID=39\nVERSION_CODENAME=""\nCPE_NAME=""',
    });

    expect(distro).toEqual({
      id: 'fedora',
      version: '39',
      prettyName: 'fedora',
      idLike: [],
      repositories: [],
    });
  });

  it('takes edge for the stream of edge when no repository is listed', () => {
    expect(
      detect({ 'etc/os-release': 'ID=alpine\nVERSION_ID=3.20_alpha20240329' }).distro?.repositories,
    ).toEqual(['edge']);
  });

  it.each([true, false])('says whether Ubuntu Pro is attached: %p', (attached) => {
    const { distro } = detect({
      'etc/os-release': 'ID=ubuntu\nVERSION_ID="20.04"',
      'var/lib/ubuntu-advantage/status.json': JSON.stringify({ attached }),
    });

    expect(distro?.pro).toBe(attached);
  });

  it('gives the same answer in whatever order the files were read', () => {
    const files = {
      'etc/os-release': DEBIAN_11,
      '2:etc/debian_version': '12.5',
      '3:etc/alpine-release': '3.19.1',
    };

    const backwards = Object.fromEntries(Object.entries(files).toReversed());

    expect(detect(backwards)).toEqual(detect(files));
  });
});
