import { safeText } from '../shared/text.ts';
import { RegistryError } from './errors.ts';

/** Names listed in a message before it only says how many more there are. */
const MAX_LISTED = 20;
const MAX_NAME_CHARACTERS = 200;

/** No image of the file has the name asked for, or there is no image at all. */
export function imageNotFound(reference: string | undefined, names: readonly string[]): RegistryError {
  const wanted = reference === undefined ? 'no image' : `no image '${safeText(reference)}'`;
  const there = names.length === 0 ? 'it is empty' : `it has ${list(names)}`;
  return new RegistryError('image-not-found', `${wanted} in the file: ${there}`);
}

/** There are several images and none was asked for by name; `prefix` is the one that takes a name. */
export function imageAmbiguous(prefix: 'oci' | 'docker-archive', names: readonly string[]): RegistryError {
  return new RegistryError(
    'image-ambiguous',
    `several images in the file: choose one with ${prefix}:PATH:NAME; it has ${list(names)}`,
  );
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, MAX_LISTED).map((name) => `'${safeText(name).slice(0, MAX_NAME_CHARACTERS)}'`);
  const more = names.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
