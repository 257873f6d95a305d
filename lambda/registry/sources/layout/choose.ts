import { isDigest } from '../../../shared/digest.ts';
import { imageAmbiguous, imageNotFound } from '../../choice.ts';
import { sameReference } from '../../reference.ts';
import { CONTAINERD_NAME, type LayoutDescriptor, REF_NAME } from './schema.ts';

/** What of a layout is meant: one manifest, or its `index.json` as a whole, which then is an index over platforms. */
export type Choice = { readonly digest: string; readonly mediaType: string | undefined } | 'index';

/**
 * Chooses among the manifests of `index.json`. `reference` is a digest or one of the names given in annotations; without
 * one there must be but one image. Throws `image-not-found` or `image-ambiguous`, listing the names there are.
 */
export function choose(manifests: readonly LayoutDescriptor[], reference: string | undefined): Choice {
  if (reference !== undefined && isDigest(reference)) {
    // The digest may be that of a manifest further down, which only the index above it lists.
    return { digest: reference, mediaType: manifests.find(({ digest }) => digest === reference)?.mediaType };
  }
  const named = manifests.filter((manifest) => reference === undefined || isNamed(manifest, reference));
  const [first, second] = distinct(named);
  if (first === undefined) throw imageNotFound(reference, manifests.map(shownName));
  if (second === undefined) return { digest: first.digest, mediaType: first.mediaType };
  if (reference === undefined && isPlatforms(manifests)) return 'index';
  throw imageAmbiguous('oci', named.map(shownName));
}

function isNamed({ annotations }: LayoutDescriptor, reference: string): boolean {
  const full = annotations?.[CONTAINERD_NAME];
  const short = annotations?.[REF_NAME];
  if (short === reference || full === reference) return true;
  return [full, short].some((name) => name !== undefined && sameReference(name, reference));
}

/** One image under several names is one image. */
function distinct(manifests: readonly LayoutDescriptor[]): LayoutDescriptor[] {
  return [...new Map(manifests.map((manifest) => [manifest.digest, manifest])).values()];
}

/** The manifests are one image for several platforms: they share a name or have none, and no platform is there twice. */
function isPlatforms(manifests: readonly LayoutDescriptor[]): boolean {
  const names = new Set(
    manifests.map(({ annotations }) => annotations?.[CONTAINERD_NAME] ?? annotations?.[REF_NAME]),
  );
  const platforms = new Set(
    manifests.flatMap(({ platform }) => (platform === undefined ? [] : platformKey(platform))),
  );
  return names.size === 1 && platforms.size === manifests.length;
}

function platformKey({ os, architecture, variant }: NonNullable<LayoutDescriptor['platform']>): string {
  return JSON.stringify([os, architecture, variant]);
}

function shownName({ annotations, digest }: LayoutDescriptor): string {
  return annotations?.[CONTAINERD_NAME] ?? annotations?.[REF_NAME] ?? digest;
}
