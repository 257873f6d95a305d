/** What an archive's file name says: `commons-io-2.11.0.jar` is `commons-io`, `2.11.0`. `version` is absent when it names none. */
export type NamedFile = { readonly artifact: string; readonly version?: string };

const IDENTIFIER = /^[\w.+~-]{1,256}$/;
const BEGINS_WITH_DIGIT = /^\d/;
/** Google's client libraries: `google-api-services-storage-v1-rev20220705-1.32.1`. */
const API_VERSION = /^v\d{1,4}(?:beta\d{0,4}|alpha\d{0,4})?$/;
const API_REVISION = /^rev\d/;
/** Words that are part of a version behind a hyphen; any other word is a classifier (`tests`, `linux-x86_64`, `all`). */
const QUALIFIER =
  /^(?:alpha|beta|b|rc|cr|m|milestone|sp|snapshot|final|ga|release|jre|jdk|android|incubating|pre|preview|ea|build|redhat|jboss|jbossorg|rev|r|p|patch|dev)\d{0,20}(?:[._]\w{1,64})*$/i;
/**
 * Eclipse joins by an underscore: `org.eclipse.osgi_3.18.0.v20220516-2155`. Three numbers and no second version behind, as an
 * underscore may also name a version of Scala (`kafka_2.13`, `semanticdb-scalac_2.13.11-4.8.4`).
 */
const ECLIPSE = /^(?<artifact>[\w.-]{1,200})_(?<version>\d{1,9}\.\d{1,9}\.\d{1,9}[\w.]{0,64}(?:-\d{1,14})?)$/;

/** The base name of a path without the ending of an archive. */
export function stemOf(path: string): string {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const dot = base.lastIndexOf('.');
  return dot > 0 ? base.slice(0, dot) : base;
}

/**
 * Splits a stem where the version begins: at the first hyphen before a digit, unless a later part looks like the version
 * (`log4j-1.2-api-2.17.1`). A guess, as nothing forbids hyphens and digits in names. `undefined` for odd names.
 */
export function parseStem(stem: string): NamedFile | undefined {
  if (!IDENTIFIER.test(stem)) return undefined;
  const eclipse = ECLIPSE.exec(stem)?.groups;
  if (eclipse !== undefined)
    return { artifact: eclipse['artifact'] ?? '', version: eclipse['version'] ?? '' };
  const parts = stem.split('-');
  for (let index = 1; index < parts.length; index++) {
    if (!beginsVersion(parts, index)) continue;
    const artifact = parts.slice(0, index).join('-');
    if (artifact === '') return undefined;
    let end = index + 1;
    while (end < parts.length && continuesVersion(parts[end] ?? '')) end++;
    return { artifact, version: parts.slice(index, end).join('-') };
  }
  return { artifact: stem };
}

function beginsVersion(parts: readonly string[], index: number): boolean {
  const part = parts[index] ?? '';
  if (API_VERSION.test(part)) return API_REVISION.test(parts[index + 1] ?? '');
  if (!BEGINS_WITH_DIGIT.test(part)) return false;
  return !parts.some(
    (later, at) =>
      at > index &&
      BEGINS_WITH_DIGIT.test(later) &&
      later.includes('.') &&
      !continuesVersion(parts[at - 1] ?? ''),
  );
}

function continuesVersion(part: string): boolean {
  return BEGINS_WITH_DIGIT.test(part) || QUALIFIER.test(part);
}
