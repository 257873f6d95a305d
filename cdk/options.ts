import { Token } from 'aws-cdk-lib/core';
import { z } from 'zod';

/** What was asked for cannot be deployed. The message has a sentence for each mistake. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * A field for text that keeps `rule`, the end of a sentence that begins with the option's name. Tokens of CDK pass where
 * `isValid` lets them.
 */
export function text(isValid: (value: string) => boolean, rule: string) {
  return z
    .string({ error: mistake(rule) })
    .refine(isValid, { error: mistake(rule) })
    .optional();
}

/** A list, or one text with commas between its items, as the command line gives it. */
export function list<Item extends z.ZodType>(item: Item, whenEmpty: string) {
  const items = z.array(item, { error: mistake('must be a list') }).min(1, { error: whenEmpty });
  return z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value),
    items.optional(),
  );
}

/** Yes or no; also as the text of the command line. */
export function flag() {
  return z.preprocess(
    (value) => (value === 'true' ? true : value === 'false' ? false : value),
    z.boolean({ error: mistake('must be true or false') }).optional(),
  );
}

/** A whole number from `least` to `most`; also as the text of the command line. */
export function count(least: number, most: number) {
  const rule = `must be a whole number from ${least} to ${most}`;
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value),
    z
      .number({ error: mistake(rule) })
      .refine((value) => Number.isInteger(value) && value >= least && value <= most, { error: mistake(rule) })
      .optional(),
  );
}

/** Says of a name that is none of `fields` which there are. */
export function strict<Shape extends z.ZodRawShape>(fields: Shape) {
  return z.strictObject(fields, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `${issue.keys.map((key) => JSON.stringify(key)).join(', ')} is no option; options are ${Object.keys(fields).join(', ')}`
        : undefined,
  });
}

/** What `schema` makes of the options. Throws `ConfigError` with all mistakes. */
export function checked<Schema extends z.ZodType>(schema: Schema, options: unknown): z.output<Schema> {
  const { data, error } = schema.safeParse(options);
  if (error !== undefined) throw new ConfigError(error.issues.map(sentence).join('; '));
  return data;
}

/** Context of the command line or cdk.json without what is CDK's own: names with a colon, slash or at sign. */
export function ownContext(context: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(context).filter(([name]) => !/[:/@]/.test(name)));
}

/** Whether a value is known only when deployed. */
export function isToken(value: string): boolean {
  return Token.isUnresolved(value);
}

function mistake(rule: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => `${rule}; got ${JSON.stringify(input)}`;
}

function sentence({ path, message }: { readonly path: readonly PropertyKey[]; readonly message: string }) {
  const [name] = path;
  return name === undefined ? message : `${String(name)} ${message}`;
}
