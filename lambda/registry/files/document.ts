import type { z } from 'zod';
import { MAX_MANIFEST_BYTES } from '../manifest-bytes.ts';
import type { StoredFiles } from './stored-files.ts';

/** A file that could not be used, and why; `missing` says that there is none. */
export type BrokenDocument = { readonly broken: string; readonly missing: boolean };

/** Reads a JSON file of at most 4 MiB that must fit the schema. */
export async function readDocument<T>(
  files: StoredFiles,
  path: string,
  schema: z.ZodType<T>,
): Promise<{ readonly value: T; readonly bytes: Buffer } | BrokenDocument> {
  const bytes = await files.head(path, MAX_MANIFEST_BYTES + 1);
  if (bytes === undefined) return { broken: `there is no ${path}`, missing: true };
  if (bytes.length > MAX_MANIFEST_BYTES) return { broken: `${path} is larger than 4 MiB`, missing: false };
  const parsed = schema.safeParse(parse(bytes));
  if (parsed.success) return { value: parsed.data, bytes };
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  return {
    broken: `${path} is malformed${where === '' ? '' : ` at ${where.slice(0, 100)}`}`,
    missing: false,
  };
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
