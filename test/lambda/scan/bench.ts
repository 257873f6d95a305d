import { afterAll, beforeAll } from '@jest/globals';
import { type ImageReport, imageReportSchema } from '../../../lambda/report/index.ts';
import { type ScanOptions, scanImage } from '../../../lambda/scan/index.ts';
import { type RegistryDouble, startRegistry } from '../../doubles/registry.ts';
import { type BuiltImage, type BuiltIndex, type EntrySpec, push } from '../../support/image-builder.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { fixed } from '../vulnerabilities/database/records.ts';
import { writeMirror } from '../vulnerabilities/mirror.ts';

/** What is known to be wrong, in the mirror of the bench. */
export const RECORDS = {
  Debian: [
    fixed('DEBIAN-CVE-2023-5363', { 'Debian:12 openssl': '3.0.11-1~deb12u2' }, '2025-02-01T00:00:00Z', {
      upstream: ['CVE-2023-5363'],
    }),
    fixed('DEBIAN-CVE-2023-4911', { 'Debian:12 glibc': '2.36-9+deb12u3' }, '2025-02-02T00:00:00Z', {
      upstream: ['CVE-2023-4911'],
    }),
  ],
  npm: [
    fixed('GHSA-35jh-r3h4-6jhm', { 'npm lodash': '4.17.21' }, '2025-02-03T00:00:00Z', {
      aliases: ['CVE-2021-23337'],
    }),
  ],
};

/** The bench's now: a month after the newest record. */
export const NOW = new Date('2025-03-01T00:00:00Z');

/** Everything a scan needs, in this process: a registry, a mirror of OSV and a place for the database. */
export interface ScanBench {
  readonly registry: RegistryDouble;
  /** Of the mirror. */
  readonly mirror: string;
  /** A path in the bench's folder. */
  path(...parts: string[]): string;
  /** Pushes the image and gives the name to scan it by. */
  pushed(root: BuiltImage | BuiltIndex): string;
  /** Scans what was pushed; every report is held to its schema. */
  scanAll(root: BuiltImage | BuiltIndex, options?: Partial<ScanOptions>): Promise<ImageReport[]>;
  /** The one report of a single-platform image. */
  scan(root: BuiltImage | BuiltIndex, options?: Partial<ScanOptions>): Promise<ImageReport>;
}

/** A bench for the tests of a file. */
export function scanBench(): ScanBench {
  const path = temporaryDirectory();
  let registry: RegistryDouble | undefined;
  let mirror = '';
  let pushes = 0;
  beforeAll(async () => {
    registry = await startRegistry();
    mirror = await writeMirror(path('mirror'), RECORDS);
  });
  afterAll(async () => {
    await registry?.close();
  });
  const bench: ScanBench = {
    get registry() {
      return registry as RegistryDouble;
    },
    get mirror() {
      return mirror;
    },
    path,
    pushed: (root) => {
      const tag = `${++pushes}`;
      push(bench.registry, 'team/app', tag, root);
      return `${bench.registry.host}/team/app:${tag}`;
    },
    scanAll: async (root, options) => {
      const input = bench.pushed(root);
      const reports = await scanImage({
        input,
        platform: { preferred: { os: 'linux', architecture: 'amd64' } },
        open: { insecure: true, environment: {}, http: { sleep: () => Promise.resolve() } },
        advisories: { directory: path('database'), mirror },
        tool: { name: 'backline', version: '0.0.0' },
        now: () => NOW,
        ...options,
      });
      return reports.map((report) => imageReportSchema.parse(report));
    },
    scan: async (root, options) => (await bench.scanAll(root, options))[0] as ImageReport,
  };
  return bench;
}

/** `usr/lib/os-release` of Debian 12. */
export const DEBIAN_12: EntrySpec = {
  path: 'usr/lib/os-release',
  content:
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n',
};

/** The text of dpkg's status file: `{ 'libssl3 openssl': '3.0.9-1' }`, the source's name after the package's own. */
export function dpkgStatus(packages: Readonly<Record<string, string>>): string {
  const stanzas = Object.entries(packages).map(([names, version]) => {
    const [name, source = name] = names.split(' ');
    return `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nSource: ${source}\nVersion: ${version}\n`;
  });
  return stanzas.join('\n');
}

/** dpkg's database of these packages. */
export function dpkg(packages: Readonly<Record<string, string>>): EntrySpec {
  return { path: 'var/lib/dpkg/status', content: dpkgStatus(packages) };
}

/** An npm package's `package.json`. */
export function npmPackage(folder: string, name: string, version: string): EntrySpec {
  return { path: `${folder}/package.json`, content: JSON.stringify({ name, version }) };
}

/** Name, version and layers of the packages: `libssl3 3.0.9-1 0 1`. */
export function packagesOf(report: ImageReport): string[] {
  return report.packages
    .map(
      ({ name, version, introducedIn, lastChangedIn }) =>
        `${name} ${version} ${introducedIn} ${lastChangedIn}`,
    )
    .toSorted();
}

/** Id, package and layer of the findings: `CVE-2023-5363 libssl3 0`. */
export function findingsOf(report: ImageReport): string[] {
  return report.findings.map(({ id, packageName, layer }) => `${id} ${packageName} ${layer}`).toSorted();
}

/** Subject and reason of what is not complete: `layer foreign-layer`. */
export function gapsOf(report: ImageReport): string[] {
  return report.coverage
    .filter(({ outcome }) => outcome !== 'complete')
    .map(({ subject, outcome, reason }) => `${subject} ${outcome} ${reason}`);
}
