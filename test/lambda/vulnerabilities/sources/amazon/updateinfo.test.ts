import { describe, expect, it } from '@jest/globals';
import { advisoriesOf } from '../../../../../lambda/vulnerabilities/record.ts';
import { parseUpdateInfo } from '../../../../../lambda/vulnerabilities/sources/amazon/index.ts';
import { codeOf } from '../../../../support/code-of.ts';

const core = { release: '2', name: 'core' };

/** An update as Amazon writes it; ids, dates and versions of ALAS2-2018-939 where nothing else is said. */
function update(parts: { head?: string; references?: string; packages: string }): string {
  return `<update author="linux-security@amazon.com" status="final" type="security" version="1.4">
    ${parts.head ?? '<id>ALAS2-2018-939</id><title>Amazon Linux 2 - ALAS2-2018-939: critical priority package update for kernel</title><issued date="2018-01-11 21:05:00" /><updated date="2018-01-16 01:28:00" /><severity>critical</severity>'}
    <description>About &lt;kernel&gt; &amp; friends</description>
    <references>${parts.references ?? '<reference href="https://example.com/CVE-2017-5754" id="CVE-2017-5754" title="" type="cve" /><reference href="https://example.com/CVE-2017-5715" id="CVE-2017-5715" title="" type="cve" /><reference href="https://example.com" id="RHSA-2018:0007" type="redhat" />'}</references>
    <pkglist><collection short="amazon-linux-2"><name>Amazon Linux 2</name>${parts.packages}</collection></pkglist>
  </update>`;
}

function build(
  name: string,
  arch: string,
  version = '4.9.76',
  release = '38.79.amzn2',
  epoch = 'epoch="0"',
): string {
  return `<package arch="${arch}" ${epoch} name="${name}" release="${release}" version="${version}"><filename>Packages/${name}.rpm</filename></package>`;
}

function document(...updates: string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<updates>${updates.join('\n')}</updates>`;
}

describe('vulnerabilities/sources/amazon/updateinfo', () => {
  it('turns an update into one advisory per package and fixed version', () => {
    const packages = [
      build('kernel', 'x86_64'),
      build('kernel', 'aarch64'),
      build('kernel-doc', 'noarch'),
      build('perf', 'x86_64', '1.0', '2', 'epoch="3"'),
    ].join('');

    const records = parseUpdateInfo(document(update({ packages })), core);

    const [kernel, doc, perf] = records.flatMap(advisoriesOf);
    expect(kernel).toEqual({
      id: 'ALAS2-2018-939',
      aliases: [],
      upstream: ['CVE-2017-5715', 'CVE-2017-5754'],
      related: [],
      published: '2018-01-11T21:05:00Z',
      modified: '2018-01-16T01:28:00Z',
      summary: 'Amazon Linux 2 - ALAS2-2018-939: critical priority package update for kernel',
      severities: [{ type: 'vendor', value: 'critical' }],
      cwes: [],
      source: 'amazon:2/core',
      affected: {
        ecosystem: 'Amazon Linux:2',
        name: 'kernel',
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '0:4.9.76-38.79.amzn2' }] }],
        versions: [],
        arch: 'aarch64,x86_64',
        repository: 'core',
      },
    });
    expect(doc?.affected).toMatchObject({ name: 'kernel-doc', arch: 'noarch' });
    expect(perf?.affected.ranges[0]?.events[1]).toEqual({ fixed: '3:1.0-2' });
  });

  it('keeps two fixed versions of one name apart', () => {
    // ALAS2NITRO-ENCLAVES-2022-018 lists aws-nitro-enclaves-acm 1.1.2-1 and 1.1.2-2.
    const packages = build('acm', 'x86_64', '1.1.2', '1.amzn2') + build('acm', 'aarch64', '1.1.2', '2.amzn2');

    const found = parseUpdateInfo(document(update({ packages })), core).flatMap(advisoriesOf);

    expect(found.map(({ affected }) => [affected.arch, affected.ranges[0]?.events[1]])).toEqual([
      ['x86_64', { fixed: '0:1.1.2-1.amzn2' }],
      ['aarch64', { fixed: '0:1.1.2-2.amzn2' }],
    ]);
  });

  it.each([
    ['2023-08-07 05:24', '2023-08-07T05:24:00Z'],
    ['2023-02-17 20:41:00', '2023-02-17T20:41:00Z'],
    ['2023-02-17', '2023-02-17T00:00:00Z'],
  ])('reads the date %s', (date, expected) => {
    const head = `<id>ALAS-1</id><issued date="${date}"/><updated date="${date}"/>`;

    const [record] = parseUpdateInfo(document(update({ head, packages: build('a', 'noarch') })), core);

    expect([record?.published, record?.modified]).toEqual([expected, expected]);
  });

  it('takes a missing epoch for 0', () => {
    const [record] = parseUpdateInfo(
      document(update({ packages: build('a', 'noarch', '1', '2', '') })),
      core,
    );

    expect(record?.affected[0]?.package.ranges[0]?.events[1]).toEqual({ fixed: '0:1-2' });
  });

  it('leaves out updates without an id or without packages', () => {
    const nameless = update({ head: '<title>x</title>', packages: build('a', 'noarch') });

    expect(parseUpdateInfo(document(nameless, update({ packages: '' })), core)).toEqual([]);
  });

  it('keeps the facts of one update out of the next', () => {
    const second = update({ head: '<id>ALAS2-2</id>', references: '', packages: build('b', 'noarch') });

    const records = parseUpdateInfo(document(update({ packages: build('a', 'noarch') }), second), core);

    expect(records[1]).toMatchObject({ id: 'ALAS2-2', upstream: [], severities: [] });
    expect(records[1]).not.toHaveProperty('summary');
  });

  it('reads texts longer than one slice', () => {
    const updates = Array.from({ length: 300 }, (_, at) =>
      update({ head: `<id>ALAS2-${at}</id>`, packages: build(`package-${at}`, 'x86_64') }),
    );

    expect(parseUpdateInfo(document(...updates), core).at(-1)?.id).toBe('ALAS2-299');
  });

  it.each([
    ['cut off', document(update({ packages: build('a', 'noarch') })).slice(0, -20)],
    ['no XML', '{"updates": []}'],
    [
      'an entity of its own',
      '<!DOCTYPE u [<!ENTITY x "y">]><updates><update><id>&x;</id></update></updates>',
    ],
  ])('fails on a file that is %s', async (_case, text) => {
    expect(await codeOf(() => parseUpdateInfo(text, core))).toBe('feed-malformed');
  });
});
