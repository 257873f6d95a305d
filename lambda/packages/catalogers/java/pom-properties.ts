/** Coordinates of a Maven artifact; `version` is empty when not stated. */
export type Coordinates = { readonly group: string; readonly artifact: string; readonly version: string };

/**
 * Where Maven puts it, also in the folders that hold classes of wars and fat jars. The path itself names group and artifact.
 * https://maven.apache.org/shared/maven-archiver/#pom-properties-content
 */
const PATH = /(?:^|\/)META-INF\/maven\/(?<group>[^/]{1,256})\/(?<artifact>[^/]{1,256})\/pom\.properties$/;
const LINE_END = /\r\n|\r|\n/;
const PAIR = /^[ \t\f]*(?<key>groupId|artifactId|version)[ \t\f]*[=: \t\f][ \t\f]*(?<value>.*)$/;
const ESCAPE = /\\(.)/g;
/** https://maven.apache.org/pom.html#maven-coordinates: a placeholder such as `${project.version}` was never filled in. */
const IDENTIFIER = /^[\w.-]{1,256}$/;
const VERSION = /^[^\s${}\p{Cc}\p{Cf}\ufffd]{1,256}$/u;

export function isPomProperties(path: string): boolean {
  return path.endsWith('/pom.properties') && PATH.test(path);
}

/** Reads `pom.properties`; the path stands in for what the file leaves out. `undefined` when neither names an artifact. */
export function parsePomProperties(bytes: Buffer, path: string): Coordinates | undefined {
  const values = new Map<string, string>();
  for (const line of bytes.toString('utf8').split(LINE_END)) {
    const { key, value } = PAIR.exec(line)?.groups ?? {};
    if (key !== undefined && value !== undefined) values.set(key, value.trim().replace(ESCAPE, '$1'));
  }
  const named = PATH.exec(path)?.groups;
  const group = identifier(values.get('groupId')) ?? identifier(named?.['group']);
  const artifact = identifier(values.get('artifactId')) ?? identifier(named?.['artifact']);
  if (group === undefined || artifact === undefined) return undefined;
  const version = values.get('version') ?? '';
  return { group, artifact, version: VERSION.test(version) ? version : '' };
}

function identifier(text: string | undefined): string | undefined {
  return text !== undefined && IDENTIFIER.test(text) ? text : undefined;
}
