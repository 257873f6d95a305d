import { describe, expect, it } from '@jest/globals';
import { distro } from '../../../../lambda/packages/catalogers/distro/index.ts';
import { wantedFile } from '../../../support/wanted-file.ts';

function read(path: string, content: string | object) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const { outputs, problems } = distro.parse(wantedFile(path, text));
  const fields = outputs.flatMap((output) => (output.kind === 'distro' ? [output.fields] : []));
  return { fields: fields[0], problems };
}

describe('packages/catalogers/distro', () => {
  it.each([
    ['etc/os-release', true],
    ['usr/lib/os-release', true],
    ['etc/apk/repositories', true],
    ['root/buildinfo/content_manifests/ubi9-container-9.3-1476.json', true],
    ['usr/share/buildinfo/content-sets.json', true],
    ['root/buildinfo/content_manifests/deep/x.json', false],
    ['root/buildinfo/Dockerfile-ubi9-9.3-1476', false],
    ['home/user/etc/os-release', false],
    ['constructor', false],
  ])('decides by path: %s is wanted, %p', (path, wanted) => {
    expect(distro.matches(path)).toBe(wanted);
  });

  // https://www.freedesktop.org/software/systemd/man/latest/os-release.html
  it.each([
    ['ID=alpine', 'alpine'],
    ['ID="alpine"', 'alpine'],
    ["ID='alpine'", 'alpine'],
    ['  ID=alpine  ', 'alpine'],
    ['ID=alpine\r', 'alpine'],
    ['ID=first\nID=second', 'second'],
    ['ID="a \\"b\\" \\$c \\\\ \\`d"', 'a "b" $c \\ `d'],
    [String.raw`ID="a\nb"`, String.raw`a\nb`],
    [String.raw`ID='a\"b'`, String.raw`a\"b`],
    [String.raw`ID=a\ b`, 'a b'],
    ['ID="$(reboot)"', '$(reboot)'],
    ['ID="a" # comment', 'a'],
    ['ID=""', ''],
    ['ID=', ''],
    ['\ufeffID=alpine', 'alpine'],
  ])('reads the value of %p', (line, value) => {
    expect(read('etc/os-release', `# comment\n\n${line}\nHOME_URL="x"\n`)).toEqual({
      fields: { ID: value },
      problems: [],
    });
  });

  it.each([
    ['a line without a name', '=x'],
    ['a line that is no assignment', 'what is this'],
    ['a quote that does not close', 'NAME="Debian'],
    ['a name with a blank', 'export ID=x'],
  ])('reports %s, and reads the others', (_, line) => {
    const { fields, problems } = read('etc/os-release', `ID=debian\n${line}\n`);

    expect(fields).toMatchObject({ ID: 'debian' });
    expect(problems).toEqual([
      { code: 'malformed', detail: 'line 2 is not an assignment', path: 'etc/os-release' },
    ]);
  });

  it('knows no field called __proto__', () => {
    const { fields } = read('etc/os-release', '__proto__=x\nconstructor=y\nID=debian\n');

    expect(fields).toEqual({ ID: 'debian' });
  });

  it.each([
    ['etc/alpine-release', '3.19.1\n', '3.19.1'],
    ['etc/debian_version', 'trixie/sid\n', 'trixie/sid'],
    [
      'etc/redhat-release',
      '\nRocky Linux release 9.3 (Blue Onyx)\r\nmore\n',
      'Rocky Linux release 9.3 (Blue Onyx)',
    ],
    ['etc/system-release-cpe', 'cpe:/o:centos:linux:6:GA\n', 'cpe:/o:centos:linux:6:GA'],
  ])('reads the first line of %s', (path, text, release) => {
    expect(read(path, text)).toEqual({ fields: { release }, problems: [] });
  });

  it.each(['etc/os-release', 'etc/debian_version', 'etc/apk/repositories'])(
    'says nothing of an empty %s',
    (path) => {
      expect(read(path, '\n')).toEqual({ fields: undefined, problems: [] });
    },
  );

  it('tells an os-release behind a link by its content', () => {
    const { fields } = read(
      'usr/lib/os.release.d/os-release-container',
      'NAME=Fedora\nID=fedora\nVERSION_ID=39\n',
    );

    expect(fields).toEqual({ NAME: 'Fedora', ID: 'fedora', VERSION_ID: '39' });
  });

  it('reads the repositories of Alpine without comments', () => {
    const text =
      '#http://x/alpine/edge/main\nhttps://dl-cdn.alpinelinux.org/alpine/v3.19/main\n\n@edge http://y/edge/main\n';

    expect(read('etc/apk/repositories', text).fields).toEqual({
      repositories: 'https://dl-cdn.alpinelinux.org/alpine/v3.19/main\n@edge http://y/edge/main',
    });
  });

  it('reads content sets, labels and the state of Ubuntu Pro', () => {
    const sets = ['rhel-9-for-x86_64-baseos-rpms', 'rhel-9-for-x86_64-appstream-rpms'];

    expect([
      read('root/buildinfo/content_manifests/a.json', { metadata: { icm_version: 1 }, content_sets: sets })
        .fields,
      read('usr/share/buildinfo/content-sets.json', { from_dnf_hint: true, content_sets: sets }).fields,
      read('usr/share/buildinfo/labels.json', { cpe: 'cpe:/o:redhat:enterprise_linux:9', name: 'ubi9' })
        .fields,
      read('root/buildinfo/content_manifests/empty.json', { content_sets: [] }).fields,
      read('var/lib/ubuntu-advantage/status.json', { attached: true, services: [] }).fields,
    ]).toEqual([
      { contentSets: sets.join('\n') },
      { contentSets: sets.join('\n') },
      { cpe: 'cpe:/o:redhat:enterprise_linux:9' },
      undefined,
      { attached: 'true' },
    ]);
  });

  it.each([
    ['root/buildinfo/content_manifests/a.json', '{"content_sets": ["a'],
    ['root/buildinfo/content_manifests/a.json', '{"content_sets": "a"}'],
    ['root/buildinfo/content_manifests/a.json', '{"content_sets": ["a\\nb"]}'],
    ['var/lib/ubuntu-advantage/status.json', '{"attached": "yes"}'],
    ['var/lib/ubuntu-advantage/status.json', '[]'],
    ['root/buildinfo/labels.json', '{"cpe": 9}'],
  ])('reports %s with %s', (path, text) => {
    expect(read(path, text)).toMatchObject({ fields: undefined, problems: [{ code: 'malformed', path }] });
  });
});
