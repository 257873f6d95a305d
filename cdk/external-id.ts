import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError } from './options.ts';

/** Where the generated id is kept, in the folder of cdk.json: CDK reads context from it. */
export const CONTEXT_FILE = 'cdk.context.json';

const CONTEXT_KEY = 'backline:external-id';
const contextSchema = z.record(z.string(), z.unknown());

/** A new external id: 160 random bits as 40 hexadecimal digits. */
export function generateExternalId(): string {
  return randomBytes(20).toString('hex');
}

/**
 * The id generated at the first synthesis in this folder; makes and writes one when there is none. It is only what a new stack is
 * offered: a deployed one keeps its own, with the file or without. Throws `ConfigError` for a file that is no JSON object.
 */
export function rememberedExternalId(file: string, generate = generateExternalId): string {
  const context = contextOf(file);
  const known = context[CONTEXT_KEY];
  if (typeof known === 'string') return known;
  const made = generate();
  writeFileSync(file, `${JSON.stringify({ ...context, [CONTEXT_KEY]: made }, null, 2)}\n`);
  return made;
}

function contextOf(file: string): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  try {
    return contextSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new ConfigError(`${file} is not a JSON object: mend or remove it`, { cause: error });
  }
}
