import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { PACKAGE_TYPES } from '../../lambda/packages/package.ts';
import { formatPurl, type Purl, parsePurl } from '../../lambda/packages/purl.ts';
import type { AcceptanceResult } from './result.ts';

/** https://github.com/package-url/purl-spec/blob/main/schemas/purl-test.schema-0.2.json */
const componentsSchema = z.object({
  type: z.string().nullable(),
  namespace: z.string().nullable(),
  name: z.string().nullable(),
  version: z.string().nullable(),
  qualifiers: z.record(z.string(), z.string()).nullable(),
  subpath: z.string().nullable(),
});
const testSchema = z.object({
  description: z.string(),
  test_type: z.enum(['parse', 'build', 'validate']),
  input: z.union([z.string(), componentsSchema]),
  expected_output: z.union([z.string(), componentsSchema]).nullish(),
  expected_failure: z.boolean(),
});
const fileSchema = z.object({ tests: z.array(testSchema) });
type Vector = z.infer<typeof testSchema>;

/**
 * The suite contradicts itself on qualifier keys in capitals: these two `parse` vectors want a failure, two of Maven's
 * (`repositorY_url`) want them lowered, and so does the text (docs/how-to-parse.md: "the key is the lowercase left side").
 * Backline follows the text.
 */
const CONTRADICTED: ReadonlySet<string> = new Set([
  'pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25',
  'pkg:gem/jruby-launcher@1.1.2?Platform=java',
]);

/**
 * Runs the purl specification's own vectors. Every type that Backline produces, and the specification's general file, must pass;
 * other types are only counted. Throws when the vectors are not there.
 */
export async function checkPurl(sharedDirectory: string): Promise<AcceptanceResult> {
  const directory = path.join(sharedDirectory, 'inputs/purl/purl-spec');
  const general = await vectorsOf(path.join(directory, 'spec/specification-test.json'));
  const result = tally('specification', general);
  const own = new Set<string>(PACKAGE_TYPES.map((type) => `${type}-test.json`));
  const notes = [...result.notes];
  let { passed } = result;
  const failed = [...result.failed];

  for (const file of (await readdir(path.join(directory, 'types'))).sort()) {
    const outcome = tally(file, await vectorsOf(path.join(directory, 'types', file)));
    notes.push(...outcome.notes);
    if (own.has(file)) {
      passed += outcome.passed;
      failed.push(...outcome.failed);
    } else {
      notes.push(
        `${file}: ${outcome.passed} passed, ${outcome.failed.length} failed (not a type of Backline's)`,
      );
    }
    own.delete(file);
  }
  failed.push(...[...own].map((file) => `${file}: no such file`));
  return { name: 'purl', passed, failed, notes };
}

async function vectorsOf(file: string): Promise<readonly Vector[]> {
  return fileSchema.parse(JSON.parse(await readFile(file, 'utf8'))).tests;
}

function tally(name: string, vectors: readonly Vector[]): Omit<AcceptanceResult, 'name'> {
  const failed: string[] = [];
  const notes: string[] = [];
  let passed = 0;
  for (const vector of vectors) {
    const label = `${name}: ${vector.test_type} ${JSON.stringify(vector.input)}`;
    if (holds(vector)) passed++;
    else if (isContradicted(vector)) notes.push(`${label}: contradicted by the suite itself`);
    else failed.push(`${label}: got ${JSON.stringify(outputOf(vector))}`);
  }
  return { passed, failed, notes };
}

function isContradicted(vector: Vector): boolean {
  return vector.test_type === 'parse' && typeof vector.input === 'string' && CONTRADICTED.has(vector.input);
}

function holds(vector: Vector): boolean {
  const output = outputOf(vector);
  if (vector.expected_failure) return output === undefined;
  const expected = vector.expected_output;
  if (typeof expected === 'string' || typeof output === 'string') return output === expected;
  return (
    JSON.stringify(output) ===
    JSON.stringify(expected === null || expected === undefined ? expected : sorted(expected))
  );
}

type Components = z.infer<typeof componentsSchema>;

function outputOf({ input, test_type: testType }: Vector): string | Components | undefined {
  if (typeof input !== 'string') return built(input);
  const purl = parsePurl(input);
  if (purl === undefined) return undefined;
  return testType === 'parse' ? sorted(components(purl)) : formatPurl(purl);
}

function built(input: Components): string | undefined {
  try {
    return formatPurl({
      type: input.type ?? '',
      name: input.name ?? '',
      qualifiers: input.qualifiers ?? {},
      ...(input.namespace === null ? {} : { namespace: input.namespace }),
      ...(input.version === null ? {} : { version: input.version }),
      ...(input.subpath === null ? {} : { subpath: input.subpath }),
    });
  } catch {
    return undefined;
  }
}

function components(purl: Purl): Components {
  return {
    type: purl.type,
    namespace: purl.namespace ?? null,
    name: purl.name,
    version: purl.version ?? null,
    qualifiers: Object.keys(purl.qualifiers).length === 0 ? null : { ...purl.qualifiers },
    subpath: purl.subpath ?? null,
  };
}

/** The same with keys in one order, so that two can be compared as text. */
function sorted({ type, namespace, name, version, qualifiers, subpath }: Components): Components {
  const pairs = qualifiers === null ? null : Object.entries(qualifiers).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    type,
    namespace,
    name,
    version,
    qualifiers: pairs === null ? null : Object.fromEntries(pairs),
    subpath,
  };
}
