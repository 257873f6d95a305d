import { z } from 'zod';

/** What was asked for cannot be deployed. The message has a sentence for each mistake. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** A text that follows a rule, which the sentence about a wrong one begins with. */
export function text(isValid: (value: string) => boolean, rule: string) {
  return z.string({ error: mistake(rule) }).refine(isValid, { error: mistake(rule) });
}

/** Identifier of a tenant, a subscription or an app, in the lower case in which Azure answers. */
export const guid = text(
  (value) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value),
  'must be a GUID, like 00000000-0000-0000-0000-000000000000',
).toLowerCase();

/** A list that may be left out. */
export function list<Item extends z.ZodType>(item: Item) {
  return z.array(item, { error: mistake('must be a JSON list') }).default([]);
}

/** The sentence about a wrong value: the rule, and what was given. */
export function mistake(rule: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => `${rule}; got ${input === undefined ? 'nothing' : JSON.stringify(input)}`;
}

/** The sentence about names that are no option. */
export function optionsError(names: () => readonly string[]) {
  return (issue: { readonly code?: string | undefined; readonly keys?: unknown }): string | undefined =>
    issue.code === 'unrecognized_keys' && Array.isArray(issue.keys)
      ? `${issue.keys.map((key) => JSON.stringify(key)).join(', ')} is no option; options are ${names().join(', ')}`
      : undefined;
}

/** The value as the schema has it; throws `ConfigError` with all that is wrong with it. */
export function checkedBy<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const { data, error } = schema.safeParse(value);
  if (error !== undefined) throw new ConfigError(error.issues.map(sentence).join('; '));
  return data;
}

/** The part of all configuration of a stack that is one project's. `all` has names such as `backline-azure:mode`. */
export function projectConfig(
  all: Readonly<Record<string, string>>,
  project: string,
): Record<string, string> {
  const prefix = `${project}:`;
  const ours = Object.entries(all).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(ours.map(([name, value]) => [name.slice(prefix.length), value]));
}

function sentence({ path, message }: { readonly path: readonly PropertyKey[]; readonly message: string }) {
  return path.length === 0 ? message : `${path.map(String).join('.')} ${message}`;
}
