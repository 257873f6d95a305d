import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { WantedFile } from '../../lambda/image/index.ts';
import type { Cataloger } from '../../lambda/packages/cataloger.ts';
import { apk } from '../../lambda/packages/catalogers/apk/index.ts';
import { dpkg } from '../../lambda/packages/catalogers/dpkg/index.ts';
import { dpkgStatusD } from '../../lambda/packages/catalogers/dpkg-status-d/index.ts';
import { rpm } from '../../lambda/packages/catalogers/rpm/index.ts';
import type { FoundPackage } from '../../lambda/packages/package.ts';
import { splitSourceRpm } from '../../lambda/packages/rpm-names.ts';
import type { AcceptanceResult } from './result.ts';

const text = z.string().nullish();
const rpmListSchema = z.object({
  packages: z.array(
    z.object({ name: z.string(), version: text, release: text, arch: text, vendor: text, sourcerpm: text }),
  ),
});
const apkListSchema = z.array(z.object({ name: text, version: text, arch: text, origin: text }));
const dpkgListSchema = z.array(
  z.object({ name: text, version: text, arch: text, source: text, status: text }),
);

type Case = {
  readonly cataloger: Cataloger;
  readonly imagePath: string;
  /** The rows expected of the packages, and how many stanzas must be told as problems at least. */
  readonly expect: (list: unknown) => { readonly rows: string[]; readonly problems: number };
  readonly row: (found: FoundPackage) => string;
};

const CASES: Readonly<Record<string, Case>> = {
  rpm: {
    cataloger: rpm,
    imagePath: 'var/lib/rpm/rpmdb',
    expect: (list) => ({ rows: rpmRows(list), problems: 0 }),
    row: ({ name, version, arch, vendor, source }) =>
      rowOf([name, version.replace(/^\d+:/, ''), arch, vendor, source && `${source.name} ${source.version}`]),
  },
  apk: {
    cataloger: apk,
    imagePath: 'lib/apk/db/installed',
    expect: apkRows,
    row: ({ name, version, arch, source }) => rowOf([name, version, arch, source?.name]),
  },
  dpkg: {
    cataloger: dpkg,
    imagePath: 'var/lib/dpkg/status',
    expect: (list) => dpkgRows(list, (status) => status?.split(' ')[2] === 'installed'),
    row: dpkgRow,
  },
  'dpkg/distroless-status.d': {
    cataloger: dpkgStatusD,
    imagePath: 'var/lib/dpkg/status.d/any',
    expect: (list) => dpkgRows(list, () => true),
    row: dpkgRow,
  },
};

/** Reads package databases of other projects and compares with what independent readers found in them, in order. */
export async function checkOsPackages(sharedDirectory: string): Promise<AcceptanceResult> {
  const failed: string[] = [];
  const notes: string[] = [];
  let passed = 0;
  for (const [folder, each] of Object.entries(CASES)) {
    const files = databasesIn(join(sharedDirectory, 'inputs', folder), folder !== 'dpkg');
    if (files.length === 0) failed.push(`${folder}: no files to read in ${sharedDirectory}`);
    for (const file of files) {
      const { mismatches, note } = await compare(file, each);
      failed.push(...mismatches.map((mismatch) => `${folder}, ${file}: ${mismatch}`));
      passed += mismatches.length === 0 ? 1 : 0;
      notes.push(`${file.slice(sharedDirectory.length + 1)}: ${note}`);
    }
  }
  return { name: 'os packages', passed, failed, notes };
}

async function compare(path: string, each: Case): Promise<{ mismatches: string[]; note: string }> {
  const list: unknown = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8'));
  const { rows, problems: least } = each.expect(list);
  const { outputs, problems } = await each.cataloger.parse(wantedFile(path, each.imagePath));
  const found = outputs.flatMap((output) => (output.kind === 'package' ? [each.row(output.package)] : []));
  const mismatches: string[] = [];
  for (let index = 0; index < Math.max(rows.length, found.length); index += 1) {
    if (rows[index] !== found[index]) mismatches.push(`expected ${rows[index]}, got ${found[index]}`);
  }
  if (problems.length < least) mismatches.push(`${least} problems expected, got ${problems.length}`);
  return { mismatches, note: `${found.length} packages, ${problems.length} problems` };
}

function rpmRows(list: unknown): string[] {
  return rpmListSchema
    .parse(list)
    .packages.filter(({ name }) => name !== 'gpg-pubkey')
    .map(({ name, version, release, arch, vendor, sourcerpm }) => {
      const source = splitSourceRpm(sourcerpm ?? '');
      return rowOf([
        name,
        `${version}-${release}`,
        arch,
        vendor,
        source && `${source.name} ${source.version}`,
      ]);
    });
}

function apkRows(list: unknown) {
  const entries = apkListSchema.parse(list);
  const sound = entries.filter(({ name, version }) => name && version);
  return {
    rows: sound.map(({ name, version, arch, origin }) => rowOf([name, version, arch, origin])),
    problems: entries.length - sound.length,
  };
}

/** Stanzas without a name, and installed ones without a version, must be told as problems. */
function dpkgRows(list: unknown, installed: (status: string | null | undefined) => boolean) {
  const rows: string[] = [];
  let problems = 0;
  for (const { name, version, arch, source, status } of dpkgListSchema.parse(list)) {
    if (!name) problems += 1;
    if (!name || !installed(status)) continue;
    if (version) rows.push(rowOf([name, version, arch, source ?? name]));
    else problems += 1;
  }
  return { rows, problems };
}

function dpkgRow({ name, version, arch, source }: FoundPackage): string {
  const stated = source?.version === undefined ? source?.name : `${source.name} (${source.version})`;
  return rowOf([name, version, arch, stated]);
}

function rowOf(values: readonly (string | null | undefined)[]): string {
  return values.map((value) => value ?? '').join(' | ');
}

/** Files of `directory`, or of its folders, that have a list beside them. */
function databasesIn(directory: string, deep: boolean): string[] {
  return readdirSync(directory, { recursive: deep, encoding: 'utf8' })
    .filter((name) => name.endsWith('.expected.json'))
    .map((name) => join(directory, name.slice(0, -'.expected.json'.length)))
    .toSorted();
}

function wantedFile(path: string, imagePath: string): WantedFile {
  const bytes = readFileSync(path);
  return {
    path: imagePath,
    size: bytes.length,
    mode: 0o644,
    read: (offset, length) => bytes.subarray(offset, offset + length),
    bytes: () => bytes,
  };
}
