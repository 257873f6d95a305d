// https://github.com/package-url/purl-spec (PURL-SPECIFICATION, types/*-definition.json)
import { PackageURL } from 'packageurl-js';
import type { Distro } from './distro.ts';
import { type FoundPackage, OS_PACKAGE_TYPES, type PackageType } from './package.ts';

/** The components of a purl, decoded. */
export type Purl = {
  readonly type: string;
  readonly namespace?: string;
  readonly name: string;
  readonly version?: string;
  /** Keys in lower case. */
  readonly qualifiers: Readonly<Record<string, string>>;
  readonly subpath?: string;
};

/** The vendor that purls name, where it is not os-release's `ID`. */
const VENDORS: Readonly<Record<string, string>> = {
  rhel: 'redhat',
  'centos-stream': 'centos',
  sles: 'suse',
  sled: 'suse',
  'opensuse-leap': 'opensuse',
  'opensuse-tumbleweed': 'opensuse',
};

/** What a package is filed under when no distribution is known; rpm has no such default. */
const DEFAULT_VENDORS: Partial<Record<PackageType, string>> = { deb: 'debian', apk: 'alpine' };

const HAS_TEXT = /[^\s/]/;

/**
 * The canonical purl of a package. OS packages say their distribution (`distro=debian-12`), architecture and, when it is not
 * the package itself, what they were built from (`upstream=`); deb and apk keep an epoch in the version, rpm has a qualifier.
 * Never throws: a name that is blank becomes `unknown`, characters that are no text become U+FFFD.
 */
export function packageUrl(found: FoundPackage, distro?: Distro): string {
  const { namespace, name } = nameParts(found, distro);
  const { epoch, version } =
    found.type === 'rpm' ? splitEpoch(found.version) : { epoch: '', version: found.version };
  return formatPurl({
    type: found.type,
    ...(namespace === undefined ? {} : { namespace }),
    name: HAS_TEXT.test(name) ? name : 'unknown',
    version,
    qualifiers: qualifiersOf(found, epoch, distro),
  });
}

/** The canonical text of these components: type rules applied, qualifiers sorted. Throws when type or name cannot be one. */
export function formatPurl(purl: Purl): string {
  const { type, namespace, name, qualifiers, subpath } = purl;
  const canonical = new PackageURL(type, namespace, name, checkedVersion(purl), { ...qualifiers }, subpath);
  const version = canonical.version ?? purl.version;
  const pairs = Object.entries(canonical.qualifiers ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `pkg:${canonical.type}`,
    canonical.namespace ? `/${encodePath(canonical.namespace)}` : '',
    `/${encode(canonical.name)}`,
    version === undefined || version.trim() === '' ? '' : `@${encode(version.trim())}`,
    pairs.length === 0 ? '' : `?${pairs.map(([key, value]) => `${key}=${encode(value)}`).join('&')}`,
    canonical.subpath ? `#${encodePath(canonical.subpath)}` : '',
  ].join('');
}

/** The components of a purl, type rules applied (`pkg:PYPI/Django_X` is `pypi`, `django-x`); undefined when it is none. */
export function parsePurl(text: string): Purl | undefined {
  try {
    // packageurl-js takes `+` in a qualifier for a blank, as forms do; in a purl it stands for itself.
    const parsed = PackageURL.parseString(text.replaceAll('+', '%2B'));
    const [type, namespace, name, version, qualifiers, subpath] = parsed;
    // It also takes `@1.0` in `pkg:npm/@1.0` for a name, where the name is missing.
    if (name === undefined || (namespace === undefined && name.startsWith('@'))) return undefined;
    const checked = checkedVersion({ type: type ?? '', version });
    const purl = new PackageURL(type ?? '', namespace, name, checked, qualifiers, subpath);
    const knownVersion = purl.version ?? version;
    return {
      type: purl.type,
      name: purl.name,
      ...(purl.namespace ? { namespace: purl.namespace } : {}),
      ...(knownVersion ? { version: knownVersion } : {}),
      qualifiers: Object.fromEntries(Object.entries(purl.qualifiers ?? {})),
      ...(purl.subpath ? { subpath: purl.subpath } : {}),
    };
  } catch {
    return undefined;
  }
}

/** What packageurl-js may see of a version: it rejects those of Go that are no semantic version, such as `v1.2`. */
function checkedVersion(purl: { type: string; version?: string | undefined }): string | undefined {
  return purl.type.toLowerCase() === 'golang' ? undefined : purl.version;
}

type NameParts = { readonly namespace?: string | undefined; readonly name: string };

function nameParts(found: FoundPackage, distro: Distro | undefined): NameParts {
  const { type, name } = found;
  if (OS_PACKAGE_TYPES.has(type)) return { namespace: vendorOf(distro) ?? DEFAULT_VENDORS[type], name };
  if (type === 'maven') return mavenParts(name);
  if (type === 'pypi' || type === 'cargo' || type === 'nuget' || type === 'gem') return { name };
  // A scope, a vendor, the path of a Go module.
  const slash = name.lastIndexOf('/');
  return slash < 1 ? { name } : { namespace: name.slice(0, slash), name: name.slice(slash + 1) };
}

/** purl requires a group. Without one the artifact stands for both, as older artifacts do (`commons-io:commons-io`). */
function mavenParts(name: string): NameParts {
  const colon = name.indexOf(':');
  const group = name.slice(0, Math.max(colon, 0));
  const artifact = name.slice(colon + 1);
  return {
    namespace: HAS_TEXT.test(group) ? group : HAS_TEXT.test(artifact) ? artifact : 'unknown',
    name: artifact,
  };
}

function vendorOf(distro: Distro | undefined): string | undefined {
  if (distro === undefined || distro.id === '') return undefined;
  return Object.hasOwn(VENDORS, distro.id) ? VENDORS[distro.id] : distro.id;
}

function qualifiersOf(
  found: FoundPackage,
  epoch: string,
  distro: Distro | undefined,
): Record<string, string> {
  const { type, arch = '', module = '' } = found;
  if (type === 'gem') return { platform: arch };
  if (!OS_PACKAGE_TYPES.has(type)) return {};
  const release =
    distro === undefined ? '' : [distro.id, distro.version].filter((part) => part !== '').join('-');
  return { arch, distro: release, epoch, rpmmod: module, upstream: upstreamOf(found) };
}

/** `source@version`, or the source package's file name for rpm; empty when the package is its own source. */
function upstreamOf(found: FoundPackage): string {
  const { source, name, version, type } = found;
  if (source === undefined) return '';
  const sourceVersion = source.version ?? version;
  // SOURCERPM never has an epoch.
  if (type === 'rpm') return `${source.name}-${splitEpoch(sourceVersion).version}.src.rpm`;
  if (sourceVersion !== version) return `${source.name}@${sourceVersion}`;
  return source.name === name ? '' : source.name;
}

function splitEpoch(version: string): { epoch: string; version: string } {
  const colon = version.indexOf(':');
  if (colon === -1) return { epoch: '', version };
  const epoch = version.slice(0, colon);
  return { epoch: epoch === '0' ? '' : epoch, version: version.slice(colon + 1) };
}

/** All but these is percent-encoded, in every component: packageurl-js encodes `:` and `~` in some and leaves `+!'()*` in others. */
const PLAIN = /^[A-Za-z0-9._~:-]$/;

function encode(text: string): string {
  let encoded = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const char = String.fromCharCode(byte);
    encoded += PLAIN.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

function encodePath(path: string): string {
  return path.split('/').map(encode).join('/');
}
