import type { FoundPackage } from '../../package.ts';
import { isWord } from '../../word.ts';
import { type NamedFile, parseStem, stemOf } from './file-name.ts';
import type { Manifest } from './manifest.ts';
import type { Coordinates } from './pom-properties.ts';

/** What was seen of one archive. */
export type Evidence = {
  /** Base name or path: only the last segment counts. */
  readonly path: string;
  readonly poms: readonly Coordinates[];
  readonly manifest: Manifest;
  readonly hasClasses: boolean;
};

/** A group id: a reversed domain name or one word. */
const GROUP = /^[A-Za-z_][\w-]{0,63}(?:\.[\w-]{1,63}){0,15}$/;
const ARTIFACT = /^[\w.-]{1,256}$/;
const VERSION = /^(?<version>v?\d[^\s${}]{0,255})/;

/**
 * The packages in an archive, by the strongest evidence there is: Maven descriptors, all of which count (shaded libraries keep
 * theirs); without one of its own, file name and manifest. Empty when not even those give a name with a version: then nothing
 * can be said of the archive's code. An index of archive digests would stand between the two; there is none.
 */
export function identify(evidence: Evidence): readonly FoundPackage[] {
  const stem = stemOf(evidence.path);
  const named = parseStem(stem);
  const fromPoms = evidence.poms.map((pom) => toPackage(pom, named));
  if (fromPoms.length === 0) return listOf(guess(evidence, named));

  // Libraries may be shaded into an archive that Gradle built, which has no descriptor of its own.
  const hasOwn = evidence.poms.some((pom) => isOwn(pom, stem, named));
  if (hasOwn || named?.version === undefined) return fromPoms;
  return [...fromPoms, ...listOf(guess(evidence, named))];
}

/** Whether the archive is named after the artifact; OSGi repositories put the group before it (`com.google.guava-33.0.0`). */
function isOwn({ artifact, version }: Coordinates, stem: string, named: NamedFile | undefined): boolean {
  if (stem === artifact || stem.startsWith(`${artifact}-${version}`)) return true;
  return named !== undefined && (named.artifact === artifact || named.artifact.endsWith(`.${artifact}`));
}

function toPackage({ group, artifact, version }: Coordinates, named: NamedFile | undefined): FoundPackage {
  const byName = named?.artifact === artifact ? named.version : undefined;
  return {
    type: 'maven',
    name: `${group}:${artifact}`,
    version: version || (byName ?? ''),
    confidence: 'high',
  };
}

/**
 * A package by file name and manifest, always `low`. Of 116 such artifacts of Maven Central all names and versions were
 * right, of the 45 groups that manifests led to only 14. Without any lead there is no group: a name without a colon.
 */
function guess({ manifest, hasClasses }: Evidence, named: NamedFile | undefined): FoundPackage | undefined {
  const artifact = artifactOf(manifest, named);
  const versions = VERSION_HEADERS.map((header) => versionOf(manifest.get(header)));
  const version = named?.version ?? versions.find((one) => one !== undefined);
  const stated = manifest.has('implementation-title') || manifest.has('bundle-symbolicname');
  if (artifact === undefined || version === undefined || !isWord(version) || !(hasClasses || stated))
    return undefined;

  const vendor = manifest.get('implementation-vendor-id') ?? '';
  const group = GROUP.test(vendor) ? vendor : groupOf(manifest.get('bundle-symbolicname'), artifact);
  const name = group === undefined ? artifact : `${group}:${artifact}`;
  return { type: 'maven', name, version, confidence: 'low' };
}

const VERSION_HEADERS = ['implementation-version', 'specification-version', 'bundle-version'] as const;

/** A file name with a version names the artifact; `app.jar` is renamed more often than not, so its manifest goes first. */
function artifactOf(manifest: Manifest, named: NamedFile | undefined): string | undefined {
  if (named?.version !== undefined) return named.artifact;
  const titles = [manifest.get('implementation-title'), named?.artifact, manifest.get('bundle-name')];
  return titles.find((title) => title !== undefined && ARTIFACT.test(title));
}

function versionOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : VERSION.exec(text)?.groups?.['version'];
}

/** `org.apache.commons.lang3;singleton:=true` for `commons-lang3` gives `org.apache.commons`. */
function groupOf(symbolicName: string | undefined, artifact: string): string | undefined {
  const name = symbolicName?.split(';', 1)[0]?.trim() ?? '';
  const prefix = name.endsWith(`.${artifact}`)
    ? name.slice(0, -artifact.length - 1)
    : name.slice(0, name.lastIndexOf('.'));
  return name.includes('.') && GROUP.test(prefix) ? prefix : undefined;
}

function listOf<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
