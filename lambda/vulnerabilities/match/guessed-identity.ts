/** The names of advisories that an archive with a guessed identity may be meant by. */
type GuessedNames = {
  readonly names: readonly string[];
  /** Several groups have the artifact, and the guess speaks for none of them. */
  readonly isAmbiguous: boolean;
};

/** Shorter ids (`git`, `h2`, `api`) are names of too many things. */
const MIN_ARTIFACT_LENGTH = 4;
const ONE_WORD = /^[a-z]+$/;

/**
 * Artifact ids among the advisories that any project may give to a part of itself, so that alone they identify nothing:
 * `org.verapdf:core`, `org.opencastproject:base`, `io.dataease:common`, `org.openrefine:main`.
 */
const ORDINARY_WORDS: ReadonlySet<string> = new Set([
  'attachments',
  'base',
  'common',
  'commons',
  'connect',
  'connector',
  'console',
  'core',
  'database',
  'discovery',
  'extensions',
  'fields',
  'forum',
  'main',
  'parent',
  'project',
]);

/** What is always built by Maven, so that an archive without its descriptor is none of it: Jenkins plugins, WebJars. */
const WITH_DESCRIPTOR = /(?:^|[.-])(?:jenkins(?:ci)?|hudson|webjars)(?:[.-]|$)/;

/** Published once for each version of Scala; some advisories leave it out. https://docs.scala-lang.org/overviews/core/binary-compatibility-of-scala-releases.html */
const SCALA_VERSION = /_(?:2\.\d{1,2}|3)$/;

/**
 * Files of Tomcat's distribution that Maven has under other names; most advisories name the whole server `tomcat`, whose
 * heart is `catalina.jar`. https://github.com/apache/tomcat/blob/001430441e5c6da17a9701ce14ce44ea3402fafe/res/maven/mvn-pub.xml
 */
const TOMCAT = 'org.apache.tomcat';
const FILES_OF_TOMCAT: ReadonlyMap<string, readonly string[]> = new Map([
  ['catalina', [`${TOMCAT}:tomcat`, `${TOMCAT}:tomcat-catalina`]],
  ['jasper', [`${TOMCAT}:jasper`, `${TOMCAT}:tomcat-jasper`]],
]);

/**
 * The names to ask for when all that is known of a Maven package is a guess: `artifact`, or `group:artifact` with a group
 * that is wrong more often than right, mostly by being a part of it (`org.apache` for `org.apache.tomcat.embed`).
 * `namesOf` gives the names of advisories by artifact id. The groups that the guess is part of, or that are part of it, are
 * asked for; without such, the only group that has the artifact. Of 2,363 artifact ids, 53 have several.
 */
export function namesOfGuess(name: string, namesOf: (artifact: string) => readonly string[]): GuessedNames {
  const colon = name.lastIndexOf(':');
  const artifact = name.slice(colon + 1);
  const group = name.slice(0, Math.max(0, colon));
  // One segment (`org`, of `org.testng`) is no lead.
  const guess = group.includes('.') ? group : undefined;
  const fileOfTomcat =
    guess === undefined || isPartOf(guess, TOMCAT) ? FILES_OF_TOMCAT.get(artifact) : undefined;
  if (fileOfTomcat !== undefined) return settled(fileOfTomcat);
  if (artifact.length < MIN_ARTIFACT_LENGTH) return settled([name]);

  const spellings = new Set([artifact, artifact.replace(SCALA_VERSION, '')]);
  const known = [...spellings].flatMap(namesOf);
  const agreeing = known.filter((one) => groupOf(one) === group || agree(groupOf(one), guess));
  if (agreeing.length > 0) return settled(agreeing);
  const others = known.filter((one) => !WITH_DESCRIPTOR.test(groupOf(one)));
  const isTelling = !ORDINARY_WORDS.has(artifact) && (guess === undefined || !ONE_WORD.test(artifact));
  if (!isTelling) return settled([]);
  return new Set(others.map(groupOf)).size > 1 ? { names: [], isAmbiguous: true } : settled(others);
}

function settled(names: readonly string[]): GuessedNames {
  return { names, isAmbiguous: false };
}

function agree(group: string, guess: string | undefined): boolean {
  return guess !== undefined && (isPartOf(guess, group) || (group.includes('.') && isPartOf(group, guess)));
}

function isPartOf(part: string, group: string): boolean {
  return group === part || group.startsWith(`${part}.`);
}

function groupOf(name: string): string {
  return name.slice(0, name.lastIndexOf(':'));
}
