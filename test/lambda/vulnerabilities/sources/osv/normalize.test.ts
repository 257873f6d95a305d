import { describe, expect, it } from '@jest/globals';
import type { Advisory, RangeEvent } from '../../../../../lambda/vulnerabilities/advisory.ts';
import { advisoriesOf } from '../../../../../lambda/vulnerabilities/record.ts';
import {
  type CoverageFor,
  type ParsedRecord,
  parseRecord,
} from '../../../../../lambda/vulnerabilities/sources/osv/index.ts';
import { events } from '../../../../doubles/advisories.ts';

const noOrder: CoverageFor = () => undefined;

function parse(record: unknown, ecosystem: string, coverageFor = noOrder): ParsedRecord {
  const expectedId = (record as { id?: string }).id ?? 'X-1';
  return parseRecord(Buffer.from(JSON.stringify(record)), { ecosystem, expectedId, coverageFor });
}

function advisories(record: unknown, ecosystem: string, coverageFor = noOrder): readonly Advisory[] {
  const parsed = parse(record, ecosystem, coverageFor);
  if (parsed.outcome !== 'record') throw new Error(JSON.stringify(parsed));
  return advisoriesOf(parsed.record);
}

function osvEvent(event: RangeEvent): object {
  return 'lastAffected' in event ? { last_affected: event.lastAffected } : event;
}

function affecting(ecosystem: string, affected: object, more: object = {}): object {
  const range = { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2' }] };
  return {
    id: 'X-1',
    modified: '2025-01-01T00:00:00Z',
    affected: [{ package: { ecosystem, name: 'thing' }, ranges: [range], ...affected }],
    ...more,
  };
}

describe('vulnerabilities/sources/osv/normalize', () => {
  it('turns a GitHub record into the facts of one package', () => {
    // Facts of GHSA-p979-4mfw-53vg, an open-ended range with a last known affected version.
    const record = {
      id: 'GHSA-p979-4mfw-53vg',
      modified: '2024-01-01T00:00:00Z',
      published: '2020-01-01T00:00:00Z',
      aliases: ['CVE-2019-16869'],
      related: ['CVE-2019-1', 'SNYK-JAVA-1'],
      summary: 'HTTP Request Smuggling in Netty',
      severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N' }],
      database_specific: { severity: 'HIGH', cwe_ids: ['CWE-444'], github_reviewed: true },
      affected: [
        {
          package: { ecosystem: 'Maven', name: 'org.jboss.netty:netty' },
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }],
          database_specific: { last_known_affected_version_range: '< 4.0.0' },
        },
      ],
    };

    expect(advisories(record, 'Maven')).toEqual([
      {
        id: 'GHSA-p979-4mfw-53vg',
        aliases: ['CVE-2019-16869'],
        upstream: [],
        related: ['CVE-2019-1'],
        published: '2020-01-01T00:00:00Z',
        modified: '2024-01-01T00:00:00Z',
        summary: 'HTTP Request Smuggling in Netty',
        severities: [
          { type: 'CVSS_V3', value: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N' },
          { type: 'vendor', value: 'HIGH' },
        ],
        cwes: ['CWE-444'],
        source: 'osv:Maven',
        affected: {
          ecosystem: 'Maven',
          name: 'org.jboss.netty:netty',
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }],
          versions: [],
          lastKnownAffected: '< 4.0.0',
        },
      },
    ]);
  });

  it('keeps the events of a range in order and leaves out ranges of commits', () => {
    const ranges = [
      { type: 'GIT', repo: 'https://example.com/x', events: [{ introduced: '0' }] },
      {
        type: 'SEMVER',
        events: [
          { introduced: '1.0.0' },
          { last_affected: '1.2.0' },
          { introduced: '2.0.0-0' },
          { fixed: '2.1.0' },
          { limit: '3.0.0' },
        ],
      },
    ];

    const [advisory] = advisories(affecting('npm', { ranges }), 'npm');

    expect(advisory?.affected.ranges).toEqual([
      {
        type: 'SEMVER',
        events: [
          { introduced: '1.0.0' },
          { lastAffected: '1.2.0' },
          { introduced: '2.0.0-0' },
          { fixed: '2.1.0' },
          { limit: '3.0.0' },
        ],
      },
    ]);
  });

  it.each([
    ['PyPI', 'Ruamel_.Yaml', 'ruamel-yaml'],
    ['NuGet', 'Newtonsoft.Json', 'newtonsoft.json'],
    ['Packagist', 'Symfony/HTTP-Kernel', 'symfony/http-kernel'],
    ['npm', '@Scope/Name', '@Scope/Name'],
    ['Maven', 'Org.Group:Artifact', 'Org.Group:Artifact'],
  ])('writes names of %s as they are compared: %s', (ecosystem, name, expected) => {
    const [advisory] = advisories(affecting(ecosystem, { package: { ecosystem, name } }), ecosystem);

    expect(advisory?.affected.name).toBe(expected);
  });

  it('takes packages of a Composer repository for Composer packages', () => {
    const ecosystem = 'Packagist:https://packages.drupal.org/8';

    const [advisory] = advisories(affecting(ecosystem, {}), 'Packagist');

    expect(advisory?.affected.ecosystem).toBe('Packagist');
  });

  it('keeps only what the record says of its own ecosystem', () => {
    const record = {
      id: 'X-1',
      modified: '2025-01-01T00:00:00Z',
      affected: [
        { package: { ecosystem: 'npm', name: 'a' }, versions: ['1'] },
        { package: { ecosystem: 'Maven', name: 'b:b' }, versions: ['1'] },
      ],
    };

    expect(advisories(record, 'Maven').map(({ affected }) => affected.name)).toEqual(['b:b']);
  });

  it.each([
    ['withdrawn', affecting('npm', {}, { withdrawn: '2025-02-01T00:00:00Z' })],
    ['only about commits', affecting('npm', { ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] })],
    ['without a package', { id: 'X-1', modified: '2025-01-01T00:00:00Z', affected: [{ versions: ['1'] }] }],
    ['without affected packages', { id: 'X-1', modified: '2025-01-01T00:00:00Z' }],
  ])('has nothing to keep of a record that is %s', (_case, record) => {
    expect(parse(record, 'npm')).toEqual({ outcome: 'nothing', modified: '2025-01-01T00:00:00Z' });
  });

  describe('words and states of the sources', () => {
    it.each([
      ['Debian:12', { ecosystem_specific: { urgency: 'not yet assigned' } }, [], undefined],
      ['Debian:12', { ecosystem_specific: { urgency: 'low**' } }, ['low'], undefined],
      ['Debian:12', { ecosystem_specific: { urgency: 'unimportant' } }, ['unimportant'], 'unimportant'],
      ['Debian:12', { ecosystem_specific: { urgency: 'end-of-life' } }, [], 'end-of-life'],
      [
        'Ubuntu:22.04:LTS',
        { ecosystem_specific: { ubuntu_priority: 'medium', status: 'released' } },
        ['medium'],
        undefined,
      ],
      [
        'Ubuntu:22.04:LTS',
        { ecosystem_specific: { ubuntu_priority: 'low', status: 'deferred' } },
        ['low'],
        'deferred',
      ],
      [
        'Ubuntu:22.04:LTS',
        { ecosystem_specific: { status: 'ignored', status_note: 'superseded by linux-hwe-6.8' } },
        [],
        'ignored',
      ],
      [
        'Ubuntu:22.04:LTS',
        { ecosystem_specific: { status: 'ignored', status_note: 'end of kernel support' } },
        [],
        'end-of-life',
      ],
      ['Azure Linux:3', { database_specific: { severity: 'High', patchable: 'true' } }, ['High'], undefined],
      ['crates.io', { database_specific: { informational: 'unmaintained' } }, [], 'unmaintained'],
      ['PyPI', { ecosystem_specific: { severity: null }, database_specific: { severity: 7 } }, [], undefined],
    ])('reads %s %j', (ecosystem, affected, words, state) => {
      const family = ecosystem.split(':')[0] ?? '';

      const [advisory] = advisories(affecting(ecosystem, affected), family);

      expect(advisory?.severities).toEqual(words.map((value) => ({ type: 'vendor', value })));
      expect(advisory?.affected.state).toBe(state);
    });

    it('takes Azure Linux at its word that a package without a fix is not affected', () => {
      const open = [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { last_affected: '1' }] }];
      const specific = { database_specific: { patchable: 'Not Applicable' } };

      const [unfixed] = advisories(affecting('Azure Linux:2', { ...specific, ranges: open }), 'Azure Linux');
      const [fixed] = advisories(affecting('Azure Linux:2', specific), 'Azure Linux');

      expect([unfixed?.affected.state, fixed?.affected.state]).toEqual(['Not Applicable', undefined]);
    });

    it("reads Ubuntu's own severity type, and the word before a title of AlmaLinux", () => {
      const severity = [
        { type: 'Ubuntu', score: 'high' },
        { type: 'Unheard', score: 'x' },
      ];
      const summary = 'Important: firefox security update';

      const [advisory] = advisories(affecting('AlmaLinux:8', {}, { severity, summary }), 'AlmaLinux');

      expect(advisory?.severities.map(({ value }) => value)).toEqual(['high', 'Important']);
    });

    it('puts the severity of a package before that of its record', () => {
      const own = { severity: [{ type: 'CVSS_V4', score: 'CVSS:4.0/AV:N' }] };
      const more = { severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:L' }] };

      const [advisory] = advisories(affecting('Bitnami', own, more), 'Bitnami');

      expect(advisory?.severities.map(({ type }) => type)).toEqual(['CVSS_V4', 'CVSS_V3']);
    });
  });

  it('keeps the Go packages and symbols of a module', () => {
    const imports = [
      { path: 'golang.org/x/net/html', symbols: ['Parse'] },
      { path: 'golang.org/x/net/idna' },
    ];

    const [advisory] = advisories(affecting('Go', { ecosystem_specific: { imports } }), 'Go');

    expect(advisory?.affected.imports).toEqual(imports);
  });

  const COMMIT = '0.0.0-20250813072957-aee95d4e2a41';

  // Ordinary range and custom range of Go's records, and what is kept of the latter.
  it.each<[string, string, string]>([
    // gogs.io/gogs: no end
    ['>=0', '>=0 <0.14.3', '>=0 <0.14.3'],
    [`>=0 <${COMMIT} >=0.1.0`, '>=0 <2.0.0', '>=0 <2.0.0'],
    // github.com/rancher/rancher: the end is no release
    [`>=0 <${COMMIT}`, '>=2.9.0 <2.9.11 >=2.10.0 <2.10.9', '>=2.9.0 <2.9.11 >=2.10.0 <2.10.9'],
    // github.com/juju/juju: the ordinary range ends, so the last beginning cannot be right
    [`>=0 <${COMMIT}`, '>=2.9 <2.9.56 >=4.0', '>=2.9 <2.9.56'],
    [`>=0 <${COMMIT}`, '>=2.0.0', ''],
    // github.com/hashicorp/vault: the same releases under the numbers of another edition
    ['>=1.10.0 <1.16.3 >=1.17.0-rc1 <1.17.2', '>=0 <1.15.12', ''],
    ['>=0 <=1.5.0', '>=0 <2.0.0', ''],
  ])('keeps of custom ranges what ordinary ones leave open: %s, %s: %j', (ordinary, custom, kept) => {
    const osv = (text: string) => [{ type: 'SEMVER', events: events(text).map(osvEvent) }];
    const specific = { ecosystem_specific: { custom_ranges: osv(custom) } };

    const [advisory] = advisories(affecting('Go', { ranges: osv(ordinary), ...specific }), 'Go');

    expect(advisory?.affected.customRanges).toEqual(
      kept === '' ? undefined : [{ type: 'SEMVER', events: events(kept) }],
    );
  });

  // Bounds of AZL-32259-1, AZL-41033-1, AZL-31107-1, AZL-33326-1, AZL-34745-3.
  it.each<[string, string | undefined]>([
    ['null.cm2', undefined],
    ['httpd-2.4.2.azl3', undefined],
    [' 1.20.10-1.cm2', '1.20.10-1.cm2'],
    ['0.9.0.cm2', '0.9.0'],
    ['29.3.azl3', '29.3'],
    ['1.20.10-1.azl3', '1.20.10-1.azl3'],
    ['1:2.3-4.cm2', '1:2.3-4.cm2'],
  ])('reads the bound %j of Azure Linux as %j', (bound, meant) => {
    const record = affecting('Azure Linux:2', {
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: bound }] }],
      database_specific: { patchable: 'Not Applicable' },
    });

    const parsed = parse(record, 'Azure Linux');

    if (parsed.outcome !== 'record') throw new Error(parsed.outcome);
    const [entry] = parsed.record.affected;
    expect(entry?.package.ranges[0]?.events).toEqual([
      { introduced: '0' },
      ...(meant === undefined ? [] : [{ fixed: meant }]),
    ]);
    expect(entry?.package.state).toBe(meant === undefined ? 'Not Applicable' : undefined);
    expect(parsed.problem).toEqual(meant === undefined ? expect.stringContaining(bound) : undefined);
  });

  it('reports a last affected version that is none', () => {
    const ranges = [{ type: 'ECOSYSTEM', events: [{ introduced: '0.0.0.azl3' }, { last_affected: 'none' }] }];

    const parsed = parse(affecting('Azure Linux:3', { ranges }), 'Azure Linux');

    expect(parsed).toMatchObject({
      outcome: 'record',
      record: { affected: [{ package: { ranges: [{ events: [{ introduced: '0.0.0' }] }] } }] },
      problem: '"none" is no version: taken as if it were not there',
    });
  });

  it('leaves the bounds of others as they are', () => {
    const ranges = [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: 'null.cm2' }] }];

    const parsed = parse(affecting('AlmaLinux:9', { ranges }), 'AlmaLinux');

    expect(parsed).toMatchObject({ record: { affected: [{ package: { ranges } }] } });
    expect(parsed).not.toHaveProperty('problem');
  });

  it('ignores custom ranges of an unknown form', () => {
    const specific = { ecosystem_specific: { custom_ranges: { introduced: '0' }, imports: [{ path: 'x' }] } };

    const [advisory] = advisories(affecting('Go', specific), 'Go');

    expect(advisory?.affected).toMatchObject({ imports: [{ path: 'x' }] });
    expect(advisory?.affected.customRanges).toBeUndefined();
  });

  it('names the binary packages of a SUSE record with their own versions', () => {
    // Facts of SUSE-SU-2024:0460-1 and its like: a source, and what it builds.
    const binaries = [{ libpq5: '16.2-150200.5.10.1', 'postgresql16-server': '16.2-150200.5.10.2' }];
    const ecosystem = 'SUSE:Linux Enterprise Module for Basesystem 15 SP5';

    const found = advisories(affecting(ecosystem, { ecosystem_specific: { binaries } }), 'SUSE');

    expect(found.map(({ affected }) => [affected.name, affected.ranges[0]?.events[1]])).toEqual([
      ['libpq5', { fixed: '16.2-150200.5.10.1' }],
      ['postgresql16-server', { fixed: '16.2-150200.5.10.2' }],
    ]);
  });

  it("leaves Ubuntu's records with their source name", () => {
    const specific = { ecosystem_specific: { binaries: [{ libssl3: '3.0.2-0ubuntu1.1' }] } };

    const found = advisories(affecting('Ubuntu:22.04:LTS', specific), 'Ubuntu');

    expect(found.map(({ affected }) => affected.name)).toEqual(['thing']);
  });

  describe('listed versions', () => {
    const below2: CoverageFor = () => (_affected, version) => Number(version) < 2;

    it('leaves out those that the ranges cover', () => {
      const [advisory] = advisories(
        affecting('PyPI', { versions: ['1', '1.5', '7', 'odd'] }),
        'PyPI',
        below2,
      );

      expect(advisory?.affected.versions).toEqual(['7', 'odd']);
    });

    it('keeps all of them without a range, and without a known order', () => {
      const listed = affecting('PyPI', { versions: ['1', '7'], ranges: [] });

      expect(advisories(listed, 'PyPI', below2)[0]?.affected.versions).toEqual(['1', '7']);
      expect(advisories(affecting('PyPI', { versions: ['1'] }), 'PyPI')[0]?.affected.versions).toEqual(['1']);
    });
  });

  describe('modules', () => {
    const modular = (summary: string, fixed: string): ParsedRecord => {
      const ranges = [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }];
      return parse(affecting('AlmaLinux:9', { ranges }, { summary }), 'AlmaLinux');
    };
    const modulesOf = (parsed: ParsedRecord): unknown =>
      parsed.outcome === 'record' && parsed.record.affected.map((entry) => entry.package.module);

    // Titles and releases of ALSA-2026:2783, RHSA-2019:3345, ALSA-2023:0288, RHSA-2021:1073.
    it.each([
      ['Important: nodejs:20 security update', '1:20.20.0-1.module_el9.7.0+207+84573810', ['nodejs:20']],
      [
        'Red Hat Security Advisory: virt:rhel and virt-devel:rhel security update',
        '15:2.12.0-88.module+el8.1.0+4233+bc44be3f',
        ['virt:rhel', 'virt-devel:rhel'],
      ],
      ['Important: firefox security update', '102.7.0-1.el8_7.alma', [undefined]],
      ['Important: nodejs:20 security update', '0:0.23-19.el8', [undefined]],
    ])('reads the streams of "%s" for %s', (summary, fixed, expected) => {
      expect(modulesOf(modular(summary, fixed))).toEqual(expected);
    });

    it('reports a modular package whose stream the record does not give', () => {
      const parsed = modular('Important: varnish security update', '6.0.8-2.module_el8.7.0+1+2');

      expect(modulesOf(parsed)).toEqual(['unknown']);
      expect(parsed).toHaveProperty('problem');
    });
  });

  describe('records that are none', () => {
    it.each([
      ['no JSON', '{"id": "X-1", '],
      ['an array', '[]'],
      ['a record without its date', '{"id":"X-1"}'],
      ['a record of another id', '{"id":"X-2","modified":"2025-01-01T00:00:00Z"}'],
      [
        'a package that is a list',
        '{"id":"X-1","modified":"2025-01-01T00:00:00Z","affected":[{"package":[]}]}',
      ],
      [
        'an event that is a number',
        '{"id":"X-1","modified":"x","affected":[{"ranges":[{"type":"SEMVER","events":[1]}]}]}',
      ],
      ['nothing', ''],
    ])('reports %s', (_case, text) => {
      const parsed = parseRecord(Buffer.from(text), {
        ecosystem: 'npm',
        expectedId: 'X-1',
        coverageFor: noOrder,
      });

      expect(parsed).toMatchObject({ outcome: 'problem', problem: expect.any(String) });
    });

    it('takes keys of the prototype for what they are: data', () => {
      const text = `{"id":"X-1","modified":"2025-01-01T00:00:00Z","__proto__":{"withdrawn":"x"},"affected":[{"package":
        {"ecosystem":"SUSE:x 15 SP5","name":"a"},"versions":["1"],"ecosystem_specific":{"binaries":[{"__proto__":"1"}]}}]}`;

      const parsed = parseRecord(Buffer.from(text), {
        ecosystem: 'SUSE',
        expectedId: 'X-1',
        coverageFor: noOrder,
      });

      expect(parsed.outcome).toBe('record');
      expect(Object.prototype).not.toHaveProperty('withdrawn');
    });
  });
});
