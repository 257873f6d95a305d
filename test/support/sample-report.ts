import type { ImageReport } from '../../lambda/report/index.ts';

type Finding = ImageReport['findings'][number];
type Package = ImageReport['packages'][number];

const DIGEST = `sha256:${'a1'.repeat(32)}`;

/** A package of the sample image; the defaults are those of a Debian package in the base layer. */
export function samplePackage(changes: Partial<Package> = {}): Package {
  const name = changes.name ?? 'openssl';
  const version = changes.version ?? '3.0.11-1~deb12u1';
  return {
    purl: `pkg:deb/debian/${name}@${encodeURIComponent(version.toWellFormed())}?arch=amd64&distro=debian-12`,
    type: 'deb',
    name,
    version,
    arch: 'amd64',
    locations: [{ path: 'var/lib/dpkg/status', layer: 0 }],
    introducedIn: 0,
    lastChangedIn: 0,
    licenses: ['OpenSSL'],
    confidence: 'high',
    ...changes,
  };
}

/** A finding in a sample package; the defaults are those of a vulnerability with a fix. */
export function sampleFinding(pkg: Package, changes: Partial<Finding> = {}): Finding {
  return {
    id: 'CVE-2024-0727',
    class: 'vulnerability',
    aliases: [],
    package: pkg.purl,
    packageName: pkg.name,
    installedVersion: pkg.version,
    fixedVersions: ['3.0.13-1~deb12u1'],
    minimalFix: '3.0.13-1~deb12u1',
    status: 'fixed',
    severity: {
      source: 'osv:Debian',
      level: 'medium',
      score: 5.5,
      vector: 'CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:N/I:N/A:H',
      all: [
        {
          source: 'osv:Debian',
          level: 'medium',
          score: 5.5,
          vector: 'CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:N/I:N/A:H',
        },
      ],
    },
    cwes: ['CWE-476'],
    published: '2024-01-26T09:15:07Z',
    layer: pkg.introducedIn,
    advisories: [{ id: 'DEBIAN-CVE-2024-0727', source: 'osv:Debian' }],
    ...changes,
  };
}

/** The same with no version that mends it. */
export function unfixedFinding(pkg: Package, changes: Partial<Finding> = {}): Finding {
  const { minimalFix: _, ...rest } = sampleFinding(pkg, { status: 'affected', fixedVersions: [] });
  return { ...rest, ...changes };
}

/** A report of a small image without findings, all of it covered: clean. */
export function cleanReport(changes: Partial<ImageReport> = {}): ImageReport {
  return {
    schemaVersion: 1,
    tool: { name: 'backline', version: '0.1.0' },
    scannedAt: '2026-11-23T10:00:00.000Z',
    image: {
      name: 'registry.example.com:5000/team/app:1.4',
      reference: 'registry.example.com:5000/team/app:1.4',
      manifestDigest: DIGEST,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      configDigest: `sha256:${'c0'.repeat(32)}`,
      created: '2026-10-01T00:00:00Z',
      platform: { os: 'linux', architecture: 'amd64' },
    },
    distro: {
      id: 'debian',
      version: '12',
      codename: 'bookworm',
      prettyName: 'Debian GNU/Linux 12 (bookworm)',
      idLike: [],
      repositories: [],
    },
    layers: [
      sampleLayer(0, '/bin/sh -c #(nop) ADD file:0a1b in / '),
      sampleLayer(1, 'RUN /bin/sh -c npm ci # buildkit'),
    ],
    packages: [samplePackage()],
    findings: [],
    coverage: [
      { subject: 'layer', name: `sha256:${'00'.repeat(32)}`, outcome: 'complete' },
      { subject: 'layer', name: `sha256:${'01'.repeat(32)}`, outcome: 'complete' },
      { subject: 'os', name: 'debian 12', outcome: 'complete', detail: '1 packages listed' },
      { subject: 'feed', name: 'Debian:12', outcome: 'complete' },
    ],
    advisories: {
      builtAt: '2026-11-22T00:00:00Z',
      feeds: [{ name: 'osv:Debian', newest: '2026-11-21T18:00:00Z', fetchedAt: '2026-11-22T00:00:00Z' }],
    },
    timings: { layers: 120, matching: 8 },
    bytesPulled: 30_000_000,
    layersReused: 0,
    ...changes,
  };
}

function sampleLayer(index: number, createdBy: string): ImageReport['layers'][number] {
  return {
    index,
    digest: `sha256:${`0${index}`.repeat(32)}`,
    diffId: `sha256:${`d${index}`.repeat(32)}`,
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    bytes: 15_000_000,
    entries: 1000,
    createdBy,
    createdAt: '2026-10-01T00:00:00Z',
  };
}

/** A report with one of everything: OS and language findings, KEV, EPSS, malware, a suppressed finding, gaps in coverage. */
export function fullReport(changes: Partial<ImageReport> = {}): ImageReport {
  const openssl = samplePackage({ vendor: 'Debian OpenSSL Team <team@example.org>' });
  const express = npmPackage('@scope/express', '4.17.1');
  const bad = npmPackage('evil-pkg', '1.0.0');
  const jar = samplePackage({
    purl: 'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1',
    type: 'maven',
    name: 'org.apache.logging.log4j:log4j-core',
    version: '2.14.1',
    locations: [{ path: 'srv/app.jar!/BOOT-INF/lib/log4j-core-2.14.1.jar', layer: 1 }],
    introducedIn: 1,
    licenses: ['Apache-2.0 OR MIT'],
    ownedBy: openssl.purl,
  });
  return cleanReport({
    packages: [openssl, express, bad, jar],
    findings: [
      sampleFinding(openssl),
      unfixedFinding(openssl, {
        id: 'CVE-2023-0001',
        status: 'will_not_fix',
        severity: { source: 'osv:Debian', level: 'negligible', all: [] },
      }),
      sampleFinding(express, {
        id: 'GHSA-2222-3333-4444',
        status: 'affected',
        suppressedBy: 'vouched for by deb/express',
        severity: { source: 'osv:npm', level: 'high', score: 7.5, all: [] },
      }),
      sampleFinding(jar, {
        id: 'CVE-2021-44228',
        aliases: ['GHSA-jfh8-c2jp-5v3q'],
        title: 'Remote code injection in Log4j',
        fixedVersions: ['2.12.2', '2.15.0'],
        minimalFix: '2.15.0',
        severity: {
          source: 'osv:Maven',
          level: 'critical',
          score: 10,
          vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H',
          all: [
            {
              source: 'osv:Maven',
              level: 'critical',
              score: 9.3,
              vector: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H',
            },
          ],
        },
        kev: { dateAdded: '2021-12-10', dueDate: '2021-12-24', ransomware: true },
        epss: { score: 0.944, percentile: 0.999, date: '2026-11-22' },
        cwes: ['CWE-20', 'CWE-917', 'not a weakness'],
        advisories: [
          {
            id: 'GHSA-jfh8-c2jp-5v3q',
            source: 'osv:Maven',
            url: 'https://github.com/advisories/GHSA-jfh8-c2jp-5v3q',
          },
        ],
      }),
      unfixedFinding(bad, {
        id: 'MAL-2024-1234',
        class: 'malware',
        status: 'affected',
        severity: { source: 'osv:npm', level: 'unknown', all: [] },
        advisories: [{ id: 'MAL-2024-1234', source: 'osv:npm' }],
      }),
    ],
    coverage: [
      ...cleanReport().coverage,
      { subject: 'ecosystem', name: 'npm', outcome: 'complete', detail: '2 packages listed' },
      {
        subject: 'file',
        name: 'srv/broken.jar',
        outcome: 'partial',
        reason: 'truncated',
        detail: 'ends in the middle of an entry',
      },
      {
        subject: 'feed',
        name: 'Maven',
        outcome: 'none',
        reason: 'feed-missing',
        detail: 'the database has nothing on it',
      },
    ],
    ...changes,
  });
}

function npmPackage(name: string, version: string): Package {
  return samplePackage({
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    type: 'npm',
    name,
    version,
    locations: [{ path: `app/node_modules/${name}/package.json`, layer: 1 }],
    introducedIn: 1,
    lastChangedIn: 1,
    licenses: ['MIT', 'see LICENSE.md'],
  });
}
