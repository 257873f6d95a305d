import { AdvisoryError } from '../errors.ts';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The base address of a mirror, ending in `/`. `https:` and `file:` are taken; `http:` only on the loopback interface,
 * because an advisory database that someone on the way can edit is worse than none. Fails with `mirror-invalid`.
 */
export function mirrorBase(text: string): URL {
  const url = parse(text);
  if (url.search !== '' || url.hash !== '') {
    throw new AdvisoryError(
      'mirror-invalid',
      `the address of a mirror has no query or fragment: ${where(url)}`,
    );
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** The address of one file that is named whole. Protocols as for `mirrorBase`. */
export function feedAddress(text: string): URL {
  return parse(text);
}

/** A file below `base`. Segments are names, never paths: `..`, `/` and an empty name are refused. */
export function below(base: URL, ...segments: readonly string[]): URL {
  for (const segment of segments) {
    if (segment === '' || segment === '.' || segment === '..' || /[/\\]/.test(segment)) {
      throw new AdvisoryError('feed-malformed', `not a file name: ${JSON.stringify(segment)}`);
    }
  }
  return new URL(segments.map(encodeURIComponent).join('/'), base);
}

/** True when bytes may be fetched from here. */
export function isTrustworthy(url: URL): boolean {
  if (url.protocol === 'https:' || url.protocol === 'file:') return true;
  return url.protocol === 'http:' && LOOPBACK.has(url.hostname);
}

/** For messages: without user info and query. */
export function where(url: URL): string {
  return url.protocol === 'file:' ? url.href : `${url.protocol}//${url.host}${url.pathname}`;
}

function parse(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !isTrustworthy(url)) {
    throw new AdvisoryError(
      'mirror-invalid',
      `${url === undefined ? 'not an address' : `cannot fetch over ${url.protocol}`}: allowed are https: and file: addresses, and http: on this machine`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new AdvisoryError(
      'mirror-invalid',
      `an address with a user name or password is not taken: ${where(url)}`,
    );
  }
  return url;
}
