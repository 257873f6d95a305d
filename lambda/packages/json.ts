import type { Problem } from '../shared/coverage.ts';

/** Nesting no package manager writes; the catalogers' own formats need fewer than ten levels. */
const MAX_DEPTH = 256;
/** Values in one document: parsed, the largest accepted one takes about 100 MB. */
const MAX_VALUES = 1_000_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const BYTE_ORDER_MARK = '\ufeff';

/**
 * A JSON document (UTF-8, a byte order mark allowed) that an image holds. Never throws: what is not JSON is `malformed`, what
 * is nested deeper than 256 levels or has more than a million values is `limit-json`. The value keeps a key `__proto__` as
 * an own property; give it to a schema, never spread it.
 */
export function parseJson(bytes: Buffer, path: string): { value: unknown } | { problem: Problem } {
  const limit = exceededLimit(bytes);
  if (limit !== undefined) return { problem: { code: 'limit-json', detail: limit, path } };
  const text = bytes.toString('utf8');
  try {
    return { value: JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text) as unknown };
  } catch {
    const detail = bytes.length === 0 ? 'the file is empty' : 'the file is not valid JSON';
    return { problem: { code: 'malformed', detail, path } };
  }
}

/** Counts structure before anything is allocated for it: a few megabytes of `[[[…` or `{},{},…` must not fill the memory. */
function exceededLimit(bytes: Buffer): string | undefined {
  let depth = 0;
  let values = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      values++;
      if (++depth > MAX_DEPTH) return `nested deeper than ${MAX_DEPTH} levels`;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--;
    } else if (byte === COMMA && ++values > MAX_VALUES) {
      return `more than ${MAX_VALUES} values`;
    }
  }
  return undefined;
}
