// What each release file says. os-release: https://www.freedesktop.org/software/systemd/man/latest/os-release.html

/** A distribution as one file tells it. */
export type DistroCandidate = {
  readonly id: string;
  /** Empty when the file names none, or the distribution has none. */
  readonly version: string;
  readonly codename?: string;
  readonly prettyName: string;
  readonly cpe?: string;
  readonly idLike: readonly string[];
};

/** The fields of one file that tells something of the distribution. */
export type DistroFacts = {
  readonly source: string;
  readonly layer: number;
  readonly fields: Readonly<Record<string, string>>;
};

type Fields = Readonly<Record<string, string>>;

/** Releases without an end: what their os-release gives as VERSION_ID is a snapshot's date or a constant. */
const ROLLING: ReadonlySet<string> = new Set([
  'arch',
  'chainguard',
  'minimos',
  'opensuse-microos',
  'opensuse-slowroll',
  'opensuse-tumbleweed',
  'wolfi',
]);

/** Products by the words before "release" in redhat-release and its kin, and by vendor in a CPE. */
const PRODUCTS: readonly (readonly [name: string, id: string])[] = [
  ['CentOS Stream', 'centos-stream'],
  ['CentOS', 'centos'],
  ['Red Hat Enterprise Linux', 'rhel'],
  ['AlmaLinux', 'almalinux'],
  ['Rocky Linux', 'rocky'],
  ['Oracle Linux', 'ol'],
  ['Amazon Linux', 'amzn'],
  ['Fedora', 'fedora'],
  ['Scientific Linux', 'scientific'],
];
const CPE_VENDORS: ReadonlyMap<string, string> = new Map([
  ['almalinux', 'almalinux'],
  ['amazon', 'amzn'],
  ['centos', 'centos'],
  ['fedoraproject', 'fedora'],
  ['oracle', 'ol'],
  ['redhat', 'rhel'],
  ['rocky', 'rocky'],
]);

const ID = /^[a-z0-9._-]{1,64}$/;
/** `CentOS Linux release 7.9.2009 (Core)`. */
const RELEASE = /^(?<name>[A-Za-z][A-Za-z ]{1,63}) release (?<version>\d[\d.]{0,31})/;
const DEBIAN_RELEASE = /^(?<major>\d{1,3})(?:\.\d|$)/;
/** `trixie/sid`, what testing and unstable say. */
const DEBIAN_TESTING = /^(?<codename>[a-z]{1,32})\/sid$/;
const ALPINE_RELEASE = /^\d{1,3}\.\d{1,3}[\w.]{0,32}$/;
const CPE = /^cpe:\/o:(?<vendor>[^:]{1,64}):[^:]{1,64}:(?<version>[\d.]{1,32})/;
const PARENTHESIZED = /\((?<codename>[a-z]{1,32})\)$/;

/** The distribution that the fields of a file at `source` tell; undefined when they tell none. */
export function candidateOf(source: string, fields: Fields): DistroCandidate | undefined {
  if (fields['ID'] !== undefined || fields['NAME'] !== undefined) return fromOsRelease(fields);
  if (fields['DISTRIB_ID'] !== undefined) return fromLsbRelease(fields);
  const release = fields['release'];
  if (release === undefined) return undefined;
  if (source.endsWith('alpine-release')) return fromAlpineRelease(release);
  if (source.endsWith('debian_version')) return fromDebianVersion(release);
  return release.startsWith('cpe:') ? fromCpe(release) : fromRedHatRelease(release);
}

function fromOsRelease(fields: Fields): DistroCandidate | undefined {
  const id = idOf(fields);
  if (id === undefined) return undefined;
  const pretty = fields['PRETTY_NAME'] ?? '';
  const codename = codenameOf(id, fields);
  const cpe = fields['CPE_NAME'] ?? '';
  return {
    id,
    version: versionOf(id, fields['VERSION_ID'] ?? ''),
    ...(codename !== undefined && { codename }),
    prettyName: pretty !== '' ? pretty : [fields['NAME'] ?? id, fields['VERSION'] ?? ''].join(' ').trim(),
    ...(cpe !== '' && { cpe }),
    idLike: (fields['ID_LIKE'] ?? '')
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => ID.test(word)),
  };
}

/** CentOS Linux and CentOS Stream share an ID but not their packages. */
function idOf(fields: Fields): string | undefined {
  const id = (fields['ID'] ?? '').toLowerCase();
  if (!ID.test(id)) return undefined;
  return id === 'centos' && (fields['NAME'] ?? '').includes('Stream') ? 'centos-stream' : id;
}

function versionOf(id: string, version: string): string {
  if (ROLLING.has(id)) return '';
  // `3.21.0_alpha20240807` is what Alpine edge calls itself: a snapshot on the way to 3.21.
  return id === 'alpine' && version.includes('_alpha') ? 'edge' : version;
}

/** Debian and distroless images before 10 give it in VERSION only: `9 (stretch)`. */
function codenameOf(id: string, fields: Fields): string | undefined {
  const stated = fields['VERSION_CODENAME'] ?? '';
  if (stated !== '') return stated;
  return id === 'debian' ? PARENTHESIZED.exec(fields['VERSION'] ?? '')?.groups?.['codename'] : undefined;
}

function fromLsbRelease(fields: Fields): DistroCandidate | undefined {
  const id = (fields['DISTRIB_ID'] ?? '').toLowerCase();
  if (!ID.test(id)) return undefined;
  const version = fields['DISTRIB_RELEASE'] ?? '';
  const codename = fields['DISTRIB_CODENAME'] ?? '';
  return {
    id,
    version: versionOf(id, version),
    ...(codename !== '' && { codename }),
    prettyName: fields['DISTRIB_DESCRIPTION'] ?? `${fields['DISTRIB_ID']} ${version}`.trim(),
    idLike: [],
  };
}

function fromAlpineRelease(release: string): DistroCandidate | undefined {
  if (!ALPINE_RELEASE.test(release)) return undefined;
  const version = versionOf('alpine', release);
  return { id: 'alpine', version, prettyName: `Alpine Linux ${version}`, idLike: [] };
}

function fromDebianVersion(release: string): DistroCandidate | undefined {
  const version = DEBIAN_RELEASE.exec(release)?.groups?.['major'];
  const codename = DEBIAN_TESTING.exec(release)?.groups?.['codename'];
  if (version === undefined && codename === undefined) return undefined;
  return {
    id: 'debian',
    version: version ?? '',
    ...(codename !== undefined && { codename }),
    prettyName: `Debian GNU/Linux ${release}`,
    idLike: [],
  };
}

function fromRedHatRelease(release: string): DistroCandidate | undefined {
  const { name = '', version = '' } = RELEASE.exec(release)?.groups ?? {};
  const id = PRODUCTS.find(([product]) => name.startsWith(product))?.[1];
  if (id === undefined) return undefined;
  return { id, version: releaseVersion(id, version), prettyName: release, idLike: [] };
}

/** `Amazon Linux release 2023.3.20240108`: os-release says 2023; the rest is the repository version. */
function releaseVersion(id: string, version: string): string {
  return id === 'amzn' && version.startsWith('2023.') ? '2023' : version;
}

function fromCpe(cpe: string): DistroCandidate | undefined {
  const { vendor = '', version = '' } = CPE.exec(cpe)?.groups ?? {};
  const id = CPE_VENDORS.get(vendor);
  if (id === undefined) return undefined;
  return { id, version: releaseVersion(id, version), prettyName: `${id} ${version}`, cpe, idLike: [] };
}
