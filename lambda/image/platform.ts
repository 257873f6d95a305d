import { ImageError } from './errors.ts';
import type { IndexEntry } from './schema.ts';

/** https://github.com/opencontainers/image-spec/blob/main/image-index.md#platform-variants */
export type Platform = {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  /** Windows build. */
  readonly osVersion?: string;
};

/** Names people use for what Go, and so the specification, calls otherwise (containerd/platforms `database.go`). */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  i386: '386',
  i686: '386',
};

/** `os/arch[/variant]`; throws `platform-not-found` on anything else. */
export function parsePlatform(text: string): Platform {
  const [os, architecture, variant, ...rest] = text.toLowerCase().split('/');
  if (!os || !architecture || variant === '' || rest.length > 0) {
    throw new ImageError(
      'platform-not-found',
      `${JSON.stringify(text)} is not a platform: write os/arch or os/arch/variant, as in linux/arm64`,
    );
  }
  const known = Object.hasOwn(ARCHITECTURES, architecture)
    ? (ARCHITECTURES[architecture] as string)
    : architecture;
  return { os, architecture: known, ...(variant === undefined ? {} : { variant }) };
}

/** `os/arch[/variant]`. */
export function formatPlatform(platform: {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}): string {
  const { os, architecture, variant } = platform;
  return [os || 'unknown', architecture || 'unknown', ...(variant ? [variant] : [])].join('/');
}

/** True when `offered` is what was asked for; a variant counts only where both name one (arm64 means arm64/v8). */
export function satisfies(offered: Platform, wanted: Platform): boolean {
  return (
    offered.os === wanted.os &&
    offered.architecture === wanted.architecture &&
    (wanted.variant === undefined || offered.variant === undefined || offered.variant === wanted.variant)
  );
}

/**
 * The images of an index. Attestation manifests (BuildKit's `unknown/unknown` with a reference type) and entries
 * without an operating system's architecture are not images (moby/buildkit docs/attestations/attestation-storage.md).
 */
export function imagesOf(entries: readonly IndexEntry[]): IndexEntry[] {
  return entries.filter((entry) => {
    if (entry.annotations?.['vnd.docker.reference.type'] !== undefined) return false;
    if (entry.platform === undefined) return true;
    const { os, architecture } = entry.platform;
    return !(os === 'unknown' && architecture === 'unknown') && !(os === 'linux' && architecture === '');
  });
}
