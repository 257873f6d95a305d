import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ImageReport,
  imageReportSchema,
  outcome,
  reportDocumentSchema,
} from '../../lambda/report/index.ts';
import { MiB } from '../../lambda/shared/units.ts';
import { image } from '../../scripts/demo/image-builder.ts';
import { sampleImage, TRUNCATED_JAR } from '../../scripts/demo/sample-image.ts';
import { scanSample } from '../../scripts/demo/scan-sample.ts';
import {
  readSnapshot,
  SNAPSHOT_FILES,
  SNAPSHOT_FOLDER,
  type Snapshot,
} from '../../scripts/demo/snapshot-mirror.ts';
import { cvesOf, factsOf } from '../../scripts/demo/snapshot-record.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/**
 * Findings by package. The same ids come out when the whole feeds of the snapshot's day are read by a few lines of Python that
 * order versions by `dpkg --compare-versions` and, for the languages, number by number.
 */
const FINDINGS: Readonly<Record<string, string>> = {
  'base-files 12.4': '',
  'bash 5.2.15-2+b2': '',
  'ca-certificates 20230311': '',
  'gpgv 2.2.40-1.1': 'CVE-2022-3219',
  'libc6 2.36-9':
    'CVE-2010-4756 CVE-2018-20796 CVE-2019-1010022 CVE-2019-1010023 CVE-2019-1010024 CVE-2019-1010025 CVE-2019-9192 ' +
    'CVE-2023-4527 CVE-2023-4806 CVE-2023-4911 CVE-2023-6246 CVE-2023-6779 CVE-2023-6780 CVE-2024-2961 CVE-2024-33599 ' +
    'CVE-2024-33600 CVE-2024-33601 CVE-2024-33602 CVE-2025-0395',
  'libcap2 1:2.66-4': '',
  'libexpat1 2.5.0-1':
    'CVE-2023-52425 CVE-2023-52426 CVE-2024-28757 CVE-2024-45490 CVE-2024-45491 CVE-2024-45492 CVE-2024-50602',
  'liblzma5 5.4.1-0.2': '',
  'libnghttp2-14 1.52.0-1': 'CVE-2023-44487 CVE-2024-28182',
  'libssl3 3.0.9-1':
    'CVE-2010-0928 CVE-2023-2975 CVE-2023-3446 CVE-2023-3817 CVE-2023-5363 CVE-2023-5678 CVE-2023-6129 CVE-2023-6237 ' +
    'CVE-2024-0727 CVE-2024-13176 CVE-2024-2511 CVE-2024-4603 CVE-2024-4741 CVE-2024-5535 CVE-2024-6119 CVE-2024-9143',
  'libwebp7 1.2.4-0.1': 'CVE-2023-1999 CVE-2023-4863',
  'perl-base 5.36.0-7': 'CVE-2011-4116 CVE-2023-31484 CVE-2023-31486 CVE-2023-47038',
  'tar 1.34+dfsg-1.2': 'CVE-2005-2541 CVE-2022-48303 CVE-2023-39804',
  'zlib1g 1:1.2.13.dfsg-1': 'CVE-2023-45853',
  'com.example:shop 1.4.2': '',
  'org.apache.commons:commons-text 1.9': 'CVE-2022-42889',
  'org.apache.logging.log4j:log4j-core 2.14.1': 'CVE-2021-44228 CVE-2021-44832 CVE-2021-45046 CVE-2021-45105',
  'org.springframework:spring-beans 5.3.17': 'CVE-2022-22965 CVE-2022-22970',
  'express 4.17.1': 'CVE-2024-29041 CVE-2024-43796',
  'jsonwebtoken 8.5.1': 'CVE-2022-23539 CVE-2022-23540 CVE-2022-23541 GHSA-27h2-hvpr-p74q',
  'lodash 4.17.20': 'CVE-2020-28500 CVE-2021-23337',
  'minimist 0.0.8': 'CVE-2020-7598 CVE-2021-44906',
  'minimist 1.2.5': 'CVE-2021-44906',
  'mkdirp 0.5.1': '',
  'qs 6.7.0': 'CVE-2022-24999',
  'flask 1.1.2': 'CVE-2023-30861',
  'jinja2 2.11.2': 'CVE-2020-28493 CVE-2024-22195 CVE-2024-34064 CVE-2024-56326',
  'pyyaml 5.3.1': 'CVE-2020-14343',
  'requests 2.25.1': 'CVE-2023-32681 CVE-2024-35195',
  'urllib3 1.26.4': 'CVE-2021-33503 CVE-2023-43804 CVE-2023-45803 CVE-2024-37891',
};
const KEV = 'CVE-2021-44228 CVE-2021-45046 CVE-2022-22965 CVE-2023-44487 CVE-2023-4863 CVE-2023-4911';

describe('scripts/demo', () => {
  let snapshot: Snapshot;
  let report: ImageReport;
  beforeAll(async () => {
    snapshot = await readSnapshot();
    report = await scanned(await sampleImage());
  });

  async function scanned(sample: Awaited<ReturnType<typeof sampleImage>>): Promise<ImageReport> {
    const reports = await scanSample(sample, snapshot);
    expect(reports).toHaveLength(1);
    return imageReportSchema.parse(reports[0]);
  }

  it('finds exactly what is known of exactly the packages in the sample image', () => {
    const found = Object.fromEntries(
      report.packages.map(({ purl, name, version }) => [`${name} ${version}`, idsOf(report, purl)]),
    );

    expect(found).toEqual(FINDINGS);
    expect(report.packages).toHaveLength(Object.keys(FINDINGS).length);
  });

  it('makes the same image each time', async () => {
    const again = await sampleImage();

    expect(again.descriptor.digest).toBe(report.image.manifestDigest);
  });

  it('knows which of the findings are exploited', () => {
    const exploited = report.findings.filter(({ kev }) => kev !== undefined);
    const log4shell = report.findings.find(({ id }) => id === 'CVE-2021-44228');

    expect(new Set(exploited.map(({ id }) => id))).toEqual(new Set(KEV.split(' ')));
    expect(log4shell).toMatchObject({
      severity: { level: 'critical', score: 10 },
      kev: { dateAdded: '2021-12-10', ransomware: true },
      minimalFix: '2.15.0',
      layer: 3,
    });
    expect(log4shell?.epss?.score).toBeGreaterThan(0.9);
  });

  it('reads a library in a jar in a jar', () => {
    const log4j = report.packages.find(({ name }) => name.endsWith(':log4j-core'));

    expect(log4j?.locations).toEqual([
      { path: 'opt/shop/shop-1.4.2.jar!/BOOT-INF/lib/log4j-core-2.14.1.jar', layer: 3 },
    ]);
  });

  it('lists nothing of a package that the last layer takes away', async () => {
    const whole = await sampleImage();
    const without = await scanned(image(whole.layers.slice(0, -1)));
    const named = ({ packageName }: ImageReport['findings'][number]): boolean => packageName === 'handlebars';

    expect(without.findings.filter(named).map(({ id }) => id)).toContain('CVE-2021-23369');
    expect(report.findings.filter(named)).toEqual([]);
    expect(JSON.stringify(report.packages)).not.toContain('handlebars');
  });

  it('reports the jar that is cut off, and so is not complete', () => {
    // The snapshot grows old, and the report says so; how old depends on the day.
    const gaps = report.coverage.filter(
      (entry) => entry.outcome !== 'complete' && entry.reason !== 'feed-old',
    );

    expect(gaps).toEqual([
      expect.objectContaining({ subject: 'file', name: TRUNCATED_JAR, outcome: 'none' }),
    ]);
    expect(outcome(report)).toBe('partial');
  });

  it('says of each feed how old it is', () => {
    const newest = Object.fromEntries(report.advisories.feeds.map(({ name, newest }) => [name, newest]));

    expect(Object.keys(newest)).toEqual(['epss', 'kev', 'osv:Debian', 'osv:Maven', 'osv:PyPI', 'osv:npm']);
    for (const [name, date] of Object.entries(newest).filter(([name]) => name.startsWith('osv:'))) {
      expect([name, date?.slice(0, 10)]).toEqual([name, expect.stringMatching(/^\d{4}-\d\d-\d\d$/)]);
      expect((date ?? '').slice(0, 10) <= snapshot.date).toBe(true);
    }
  });
});

describe('scripts/demo/snapshot', () => {
  /** All that a record may hold; prose would come in another field. */
  const FIELDS =
    'id modified published aliases upstream related severity type score affected package ecosystem name ranges events ' +
    'introduced fixed last_affected limit versions ecosystem_specific urgency database_specific ' +
    'last_known_affected_version_range cwe_ids';

  it('has no prose in its advisories', async () => {
    const { ecosystems } = await readSnapshot();
    const fields = new Set<string>();
    const values = new Set<string>();
    JSON.stringify(ecosystems, (key, value: unknown) => {
      // Indices and the names of ecosystems are no fields.
      if (/^[a-z]\w+$/.test(key) && !Object.hasOwn(ecosystems, key)) fields.add(key);
      if (typeof value === 'string') values.add(value);
      return value;
    });

    expect([...fields].filter((field) => !FIELDS.split(' ').includes(field))).toEqual([]);
    expect([...values].filter((text) => text.length > 120)).toEqual([]);
    // The one kind of value with a space in it: `<= 2.9.10.6`.
    expect([...values].filter((text) => /\s/.test(text) && !/^[<=>]+ [\w.-]+$/.test(text))).toEqual([]);
  });

  it('has only dates and yes or no of the catalogue of exploited vulnerabilities', async () => {
    const text = await readFile(join(SNAPSHOT_FOLDER, SNAPSHOT_FILES.kev), 'utf8');
    const { vulnerabilities } = JSON.parse(text) as { vulnerabilities: Record<string, string>[] };

    expect(new Set(vulnerabilities.flatMap((entry) => Object.keys(entry)))).toEqual(
      new Set(['cveID', 'dateAdded', 'dueDate', 'knownRansomwareCampaignUse']),
    );
  });

  it('is far smaller than three megabytes', async () => {
    const sizes = Object.values(SNAPSHOT_FILES).map(
      async (name) => (await stat(join(SNAPSHOT_FOLDER, name))).size,
    );
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);

    expect(bytes).toBeLessThan(0.5 * MiB);
  });
});

describe('scripts/demo/snapshot-record', () => {
  const DEBIAN = { ecosystem: 'Debian:12', name: 'openssl', purl: 'pkg:deb/debian/openssl?arch=source' };
  const RECORD = {
    id: 'DEBIAN-CVE-2026-0001',
    modified: '2026-01-02T00:00:00Z',
    upstream: ['CVE-2026-0001'],
    related: ['CVE-2026-0002', 'RHSA-2026:1'],
    summary: 'a title',
    details: 'a text',
    references: [{ type: 'WEB', url: 'https://example.com' }],
    affected: [
      {
        package: DEBIAN,
        ranges: [
          { type: 'GIT', repo: 'https://example.com/x.git', events: [{ introduced: '0' }] },
          { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '3.0.9-2' }] },
        ],
        ecosystem_specific: { urgency: 'not yet assigned' },
        database_specific: { source: 'https://example.com' },
      },
    ],
  };

  it('keeps the facts of a record and no other field', () => {
    const facts = factsOf(RECORD);

    expect(JSON.parse(JSON.stringify(facts))).toEqual({
      id: 'DEBIAN-CVE-2026-0001',
      modified: '2026-01-02T00:00:00Z',
      upstream: ['CVE-2026-0001'],
      related: ['CVE-2026-0002'],
      affected: [
        {
          package: { ecosystem: 'Debian:12', name: 'openssl' },
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '3.0.9-2' }] }],
          ecosystem_specific: null,
          database_specific: {},
        },
      ],
    });
    expect(facts && cvesOf(facts)).toEqual(['CVE-2026-0001', 'CVE-2026-0002']);
  });

  it.each([
    ['a withdrawn record', { ...RECORD, withdrawn: '2026-01-03T00:00:00Z' }],
    ['another package', { ...RECORD, affected: [{ package: { ...DEBIAN, name: 'openssh' } }] }],
    ['another release', { ...RECORD, affected: [{ package: { ...DEBIAN, ecosystem: 'Debian:11' } }] }],
    ['another ecosystem', { ...RECORD, affected: [{ package: { ...DEBIAN, ecosystem: 'npm' } }] }],
    ['an inherited name', { ...RECORD, affected: [{ package: { ecosystem: 'constructor', name: 'x' } }] }],
    ['no package', { ...RECORD, affected: [{ ranges: [] }] }],
    ['nothing affected', { ...RECORD, affected: null }],
  ])('keeps nothing of %s', (_case, record) => {
    expect(factsOf(record)).toBeUndefined();
  });

  it('keeps Python packages however their names are written', () => {
    const affected = [{ package: { ecosystem: 'PyPI', name: 'PyYAML' }, versions: ['5.3'] }];

    expect(factsOf({ ...RECORD, affected })?.affected).toHaveLength(1);
  });
});

describe('scripts/demo/demo.ts', () => {
  const path = temporaryDirectory();

  it('ends well, shows the table and writes HTML and JSON', async () => {
    const demo = join(import.meta.dirname, '../../scripts/demo/demo.ts');

    const { stdout, stderr } = await promisify(execFile)(process.execPath, [demo, path('out')]);

    expect(stderr).toBe('');
    expect(stdout).toContain(`advisories of ${(await readSnapshot()).date}`);
    expect(stdout).toMatch(/CVE-2021-44228 .*critical.*log4j-core/);
    expect(stdout).toContain(TRUNCATED_JAR);
    expect(stdout).toContain('npm run backline -- scan IMAGE');
    expect(await readFile(path('out/report.html'), 'utf8')).toContain('CVE-2021-44228');
    reportDocumentSchema.parse(JSON.parse(await readFile(path('out/report.json'), 'utf8')));
  });
});

function idsOf(report: ImageReport, purl: string): string {
  const own = report.findings.filter((finding) => finding.package === purl);
  return own
    .map(({ id }) => id)
    .toSorted()
    .join(' ');
}
