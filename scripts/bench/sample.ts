import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Distro, Package } from '../../lambda/packages/index.ts';
import { type AdvisoryDatabase, openDatabase } from '../../lambda/vulnerabilities/index.ts';

/** The distribution of the sample's OS packages. */
export const matchSample: { readonly distro: Distro } = {
  distro: {
    id: 'debian',
    version: '12',
    codename: 'bookworm',
    prettyName: 'Debian GNU/Linux 12 (bookworm)',
    idLike: [],
    repositories: [],
  },
};

/**
 * Packages to match, the same on every run: every so-many-th name that `Debian:12` and `npm` have advisories for, in the
 * version that fixes the last-named of them, as in an image that is updated now and then: some advisories still hold.
 */
export function samplePackages(directory: string, count: number): Package[] {
  const database = openDatabase(directory);
  try {
    const chosen = (ecosystem: string): Chosen[] =>
      take(namesIn(directory, database, ecosystem), count / 2).map((name) => ({
        name,
        version: fixedVersion(database, ecosystem, name),
      }));
    return [...chosen('Debian:12').map(debian), ...chosen('npm').map(npm)];
  } finally {
    database.close();
  }
}

function namesIn(directory: string, database: AdvisoryDatabase, ecosystem: string): string[] {
  const shard = database.status().shards.find(({ ecosystems }) => ecosystems.includes(ecosystem));
  if (shard === undefined) throw new Error(`the database has nothing on ${ecosystem}`);
  const sqlite = new DatabaseSync(join(directory, shard.file), { readOnly: true });
  try {
    const statement =
      'SELECT p.name FROM package p JOIN ecosystem e ON e.id = p.ecosystem WHERE e.name = ? ORDER BY p.name';
    return sqlite
      .prepare(statement)
      .all(ecosystem)
      .map((row) => String(row['name']));
  } finally {
    sqlite.close();
  }
}

function fixedVersion(database: AdvisoryDatabase, ecosystem: string, name: string): string {
  const events = (database.advisories(ecosystem, name) ?? []).flatMap(({ affected }) =>
    affected.ranges.flatMap((range) => range.events),
  );
  return events.flatMap((event) => ('fixed' in event ? [event.fixed] : [])).at(-1) ?? '1.0.0';
}

type Chosen = { readonly name: string; readonly version: string };

function take(names: readonly string[], count: number): string[] {
  const step = names.length / count;
  return Array.from({ length: count }, (_, at) => names[Math.floor(at * step)] as string);
}

function debian({ name, version }: Chosen): Package {
  return {
    ...common(`pkg:deb/debian/${name}@${version}`, name, version),
    type: 'deb',
    source: { name, version },
    vendor: 'x@debian.org',
  };
}

function npm({ name, version }: Chosen): Package {
  return { ...common(`pkg:npm/${encodeURIComponent(name)}@${version}`, name, version), type: 'npm' };
}

function common(purl: string, name: string, version: string): Omit<Package, 'type'> {
  return {
    purl,
    name,
    version,
    locations: [{ path: name, layer: 0 }],
    introducedIn: 0,
    lastChangedIn: 0,
    licenses: [],
    confidence: 'high',
  };
}
