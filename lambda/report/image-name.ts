import { PackageURL } from 'packageurl-js';
import type { ImageReport } from './report.ts';

type Image = ImageReport['image'];

/** `linux/arm64/v8`, with the version of Windows where there is one: `windows/amd64 10.0.20348`. */
export function platformText({ platform }: Image): string {
  const { os, architecture, variant, osVersion } = platform;
  const name = [os, architecture, variant].filter((part) => part !== undefined && part !== '').join('/');
  return osVersion === undefined ? name : `${name} ${osVersion}`;
}

/**
 * The image's purl: `pkg:oci/app@sha256:…?repository_url=registry/team/app`; undefined when it came from a file that
 * names no repository. https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md
 */
export function imagePurl(image: Image): string | undefined {
  const { repository, tag } = splitReference(image.reference ?? '');
  const name = repository.slice(repository.lastIndexOf('/') + 1).toLowerCase();
  if (name === '') return undefined;
  const qualifiers = {
    arch: image.platform.architecture.toWellFormed(),
    repository_url: repository.toWellFormed(),
    ...(tag === undefined ? {} : { tag: tag.toWellFormed() }),
  };
  try {
    return new PackageURL('oci', undefined, name, image.manifestDigest, qualifiers, undefined).toString();
  } catch {
    return undefined;
  }
}

/** https://github.com/distribution/reference : `name[:tag][@digest]`; a colon before the last slash is a port. */
function splitReference(reference: string): { readonly repository: string; readonly tag?: string } {
  const at = reference.indexOf('@');
  const named = at === -1 ? reference : reference.slice(0, at);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  return colon === -1
    ? { repository: named }
    : { repository: named.slice(0, colon), tag: named.slice(colon + 1) };
}
