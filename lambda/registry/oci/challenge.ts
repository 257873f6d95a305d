/**
 * What a server asks for in WWW-Authenticate. https://www.rfc-editor.org/rfc/rfc7235#section-4.1 (and section 2.1 for
 * the grammar); https://distribution.github.io/distribution/spec/auth/token/ for the Bearer parameters.
 */
export type Challenge = {
  /** Lower case: `basic`, `bearer`. */
  readonly scheme: string;
  /** Names in lower case, quotes taken off. A token68 has none. */
  readonly parameters: ReadonlyMap<string, string>;
};

/** Longest header read; what follows is ignored. Characters. */
const MAX_HEADER = 8192;

// RFC 7230 section 3.2.6 (token) and RFC 7235 section 2.1 (token68); sticky, so each looks at one place only.
const SEPARATORS = /[ \t,]*/y;
const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const QUOTED = /"(?:[^"\\]|\\.)*"/sy;
const SPACES = /[ \t]*/y;
/** A single opaque word in the place of parameters, as Negotiate has it; nothing we answer uses one. */
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;

/**
 * Every challenge of a header, in order; several headers arrive joined by commas. What is not of the grammar ends the
 * reading: the challenges before it are given.
 */
export function parseChallenges(header: string): Challenge[] {
  const text = header.slice(0, MAX_HEADER);
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  for (;;) {
    take(SEPARATORS);
    const word = take(TOKEN);
    if (word === undefined) return challenges;
    const current = challenges.at(-1);
    const afterWord = at;
    if (current !== undefined && take(EQUALS) !== undefined) {
      const value = take(QUOTED) ?? take(TOKEN);
      if (value === undefined) return challenges;
      current.parameters.set(word.toLowerCase(), unquote(value));
      continue;
    }
    at = afterWord;
    challenges.push({ scheme: word.toLowerCase(), parameters: new Map() });
    take(SPACES);
    take(TOKEN68);
  }
}

function unquote(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(?<char>.)/gs, '$<char>') : value;
}
