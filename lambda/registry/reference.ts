import { isDigest } from '../shared/digest.ts';
import { safeText } from '../shared/text.ts';
import { RegistryError } from './errors.ts';

/**
 * The name of an image in a registry, Docker Hub's short forms spelled out. At least one of `tag` and `digest` is
 * there; when both are, the digest says which image is meant.
 */
export type ImageReference = {
  /** Host and port as written: `docker.io`, `localhost:5000`, `[::1]:5000`. */
  readonly registry: string;
  /** `library/alpine` */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
};

// https://github.com/distribution/reference/blob/v0.6.0/reference.go#L1-L27 (the grammar in its package comment)
const DOMAIN_COMPONENT = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/;
const IPV6 = /^\[[0-9a-fA-F:]{2,45}\]$/;
const PORT = /^[0-9]{1,5}$/;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}$/;
const IDENTIFIER = /^[0-9a-f]{64}$/;
/** Characters of registry and repository together. */
const MAX_NAME_LENGTH = 255;

/**
 * Reads `[registry[:port]/]repository[:tag][@digest]`. Without a registry Docker Hub is meant, without tag and digest
 * the tag `latest`. Throws `reference-invalid` naming the rule that is broken.
 */
export function parseReference(text: string): ImageReference {
  if (text === '') throw broken(text, 'it is empty');
  if (text.includes('://')) throw broken(text, 'it starts with a scheme: write host/name:tag instead');
  const { name, tag, digest } = split(text);
  if (digest !== undefined && !isDigest(digest)) {
    throw broken(text, 'what follows @ must be a digest: sha256: and 64 hexadecimal digits in lower case');
  }
  if (tag !== undefined && !TAG.test(tag)) {
    throw broken(text, 'a tag has 1 to 128 letters, digits, _, . or -, and starts with none of the last two');
  }
  if (IDENTIFIER.test(name)) throw broken(text, 'a name of 64 hexadecimal digits would be an image id');
  const { registry, repository } = place(name, text);
  if (registry.length + repository.length + 1 > MAX_NAME_LENGTH) {
    throw broken(text, `registry and repository have more than ${MAX_NAME_LENGTH} characters`);
  }
  return {
    registry,
    repository,
    ...(tag === undefined && digest === undefined ? { tag: 'latest' } : {}),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The full spelling, `docker.io/library/alpine:3.20`; equal for all spellings of the same reference. */
export function formatReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** True when both are valid and mean the same image, as `app` and `docker.io/library/app:latest` do. */
export function sameReference(one: string, other: string): boolean {
  try {
    return formatReference(parseReference(one)) === formatReference(parseReference(other));
  } catch {
    return false;
  }
}

/** The host to connect to. Docker Hub answers elsewhere than at its name. */
export function endpointHost(registry: string): string {
  // https://github.com/distribution/reference/blob/v0.6.0/normalize.go#L14-L36
  return registry === 'docker.io' ? 'registry-1.docker.io' : registry;
}

/** What somebody typed as an image, fit for an error or a log: user info, queries and control characters are taken out. */
export function redact(text: string): string {
  const afterScheme = text.indexOf('://') < 0 ? 0 : text.indexOf('://') + 3;
  const bare = text.slice(afterScheme).replace(/[?#].*$/s, '');
  const lastAt = bare.lastIndexOf('@');
  const digestAt = isDigest(bare.slice(lastAt + 1)) ? lastAt : bare.length;
  // What is before any other @ can only be user info.
  const name = bare.slice(0, digestAt);
  const host = name.slice(name.lastIndexOf('@') + 1);
  return safeText(text.slice(0, afterScheme) + host + bare.slice(digestAt)).slice(0, 512);
}

function split(text: string): { name: string; tag?: string; digest?: string } {
  const at = text.indexOf('@');
  const named = at < 0 ? text : text.slice(0, at);
  const digest = at < 0 ? {} : { digest: text.slice(at + 1) };
  const colon = named.lastIndexOf(':');
  if (colon <= named.lastIndexOf('/')) return { name: named, ...digest };
  return { name: named.slice(0, colon), tag: named.slice(colon + 1), ...digest };
}

/** The first component is a registry when it could not be a component of a repository: it has a dot, a port, … */
function place(name: string, text: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isDomain = /[.:[A-Z]/.test(first) || first === 'localhost';
  const domain = isDomain ? first : 'docker.io';
  const path = isDomain ? name.slice(slash + 1) : name;
  if (isDomain) checkDomain(domain, text);
  for (const component of path.split('/')) checkComponent(component, text);
  const registry = domain === 'index.docker.io' ? 'docker.io' : domain;
  const isOfficial = registry === 'docker.io' && !path.includes('/');
  return { registry, repository: isOfficial ? `library/${path}` : path };
}

function checkDomain(domain: string, text: string): void {
  const colon = domain.startsWith('[') ? domain.indexOf(':', domain.indexOf(']')) : domain.indexOf(':');
  const host = colon < 0 ? domain : domain.slice(0, colon);
  if (colon >= 0) {
    const port = domain.slice(colon + 1);
    if (!PORT.test(port) || Number(port) > 65_535) throw broken(text, 'the port is not a number up to 65535');
  }
  const valid = IPV6.test(host) || host.split('.').every((component) => DOMAIN_COMPONENT.test(component));
  if (!valid) throw broken(text, 'the registry is neither a host name nor an address');
}

function checkComponent(component: string, text: string): void {
  if (component === '') throw broken(text, 'a part of the repository between slashes is empty');
  if (/[A-Z]/.test(component)) throw broken(text, 'a repository is written in lower case');
  if (!PATH_COMPONENT.test(component)) {
    throw broken(
      text,
      'a part of a repository has letters and digits, parted by one ., one or two _, or any number of -',
    );
  }
}

function broken(text: string, rule: string): RegistryError {
  return new RegistryError('reference-invalid', `'${redact(text)}' is not an image reference: ${rule}`);
}
