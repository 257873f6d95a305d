import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Distro, Package } from '../../lambda/packages/index.ts';
import { openDatabase } from '../../lambda/vulnerabilities/index.ts';

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
 * A thousand packages to match, the same on every run: every so-many-th name that `Debian:12` and `npm` have advisories
 * for, in a version that most ranges hold.
 */
export function samplePackages(directory: string, count: number): Package[] {
  const database = openDatabase(directory);
  const shards = database.status().shards;
  database.close();
  const half = count / 2;
  return [...take(namesIn('Debian:12'), half).map(debian), ...take(namesIn('npm'), half).map(npm)];

  function namesIn(ecosystem: string): string[] {
    const shard = shards.find(({ ecosystems }) => ecosystems.includes(ecosystem));
    if (shard === undefined) throw new Error(`${ecosystem} is not in ${readdirSync(directory).join(', ')}`);
    const sqlite = new DatabaseSync(join(directory, shard.file), { readOnly: true });
    try {
      return sqlite
        .prepare(
          'SELECT p.name FROM package p JOIN ecosystem e ON e.id = p.ecosystem WHERE e.name = ? ORDER BY p.name',
        )
        .all(ecosystem)
        .map((row) => String(row['name']));
    } finally {
      sqlite.close();
    }
  }
}

function take(names: readonly string[], count: number): string[] {
  const step = names.length / count;
  return Array.from({ length: count }, (_, at) => names[Math.floor(at * step)] as string);
}

function debian(name: string): Package {
  return {
    ...common(`pkg:deb/debian/${name}@1.0-1`, name, '1.0-1'),
    type: 'deb',
    source: { name, version: '1.0-1' },
    vendor: 'x@debian.org',
  };
}

function npm(name: string): Package {
  return { ...common(`pkg:npm/${encodeURIComponent(name)}@1.0.0`, name, '1.0.0'), type: 'npm' };
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
