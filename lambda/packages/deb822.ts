// The control file format of Debian: https://www.debian.org/doc/debian-policy/ch-controlfields.html#syntax-of-control-files
// and deb822(5). Written by dpkg, by image builders, and by whoever wants to fool a scanner: read leniently, told strictly.
import { forEachLine } from './lines.ts';

/** One paragraph of a control file. */
export type Stanza = {
  /** Line on which it begins, 1 = first. */
  readonly line: number;
  /** Wanted fields by lower-case name; folded values joined by one space. */
  readonly fields: ReadonlyMap<string, string>;
  /** Why a line of it is not a field, or which field it has twice; the first such fault. */
  readonly fault?: string;
};

const COLON = 58;
const HASH = 35;
const SPACE = 32;
const TAB = 9;

/** No field of a control file has a longer name (the longest in Policy has 25). Bytes. */
const MAX_NAME_BYTES = 64;
/** Longer values of wanted fields are damage; they are cut. Bytes. */
const MAX_VALUE_BYTES = 4096;

/**
 * The paragraphs of `bytes` with the fields in `wanted` (lower-case names), in file order. Never throws: a line that is
 * neither a field nor a continuation is told in `fault` of its stanza.
 */
export function readStanzas(bytes: Buffer, wanted: ReadonlySet<string>): Stanza[] {
  const stanzas: Stanza[] = [];
  let stanza: OpenStanza | undefined;
  let line = 0;
  forEachLine(bytes, (start, end) => {
    line += 1;
    const first = skipBlanks(bytes, start, end);
    if (first === end) {
      if (stanza !== undefined) stanzas.push(closed(stanza));
      stanza = undefined;
      return;
    }
    if (bytes[start] === HASH) return;
    stanza ??= { line, fields: new Map() };
    if (first > start) continueField(stanza, textOf(bytes, first, end));
    else openField(stanza, bytes, start, end, wanted, line);
  });
  if (stanza !== undefined) stanzas.push(closed(stanza));
  return stanzas;
}

type OpenStanza = { line: number; fields: Map<string, string>; current?: string | undefined; fault?: string };

function closed(stanza: OpenStanza): Stanza {
  const { line, fields, fault } = stanza;
  return fault === undefined ? { line, fields } : { line, fields, fault };
}

function openField(
  stanza: OpenStanza,
  bytes: Buffer,
  start: number,
  end: number,
  wanted: ReadonlySet<string>,
  line: number,
): void {
  stanza.current = undefined;
  const limit = Math.min(end, start + MAX_NAME_BYTES);
  let colon = start;
  while (colon < limit && bytes[colon] !== COLON) colon += 1;
  if (colon === limit || colon === start) {
    stanza.fault ??= `line ${line} is not a field`;
    return;
  }
  const name = bytes.toString('latin1', start, colon).trimEnd().toLowerCase();
  if (!wanted.has(name)) return;
  if (stanza.fields.has(name)) {
    stanza.fault ??= `line ${line} repeats the field ${name}`;
    return;
  }
  stanza.fields.set(name, textOf(bytes, skipBlanks(bytes, colon + 1, end), end));
  stanza.current = name;
}

function continueField(stanza: OpenStanza, text: string): void {
  if (stanza.current === undefined) return;
  const before = stanza.fields.get(stanza.current) ?? '';
  if (before.length > MAX_VALUE_BYTES) return;
  stanza.fields.set(stanza.current, before === '' ? text : `${before} ${text}`);
}

function skipBlanks(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at += 1;
  return at;
}

function textOf(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('utf8', start, Math.min(end, start + MAX_VALUE_BYTES)).trimEnd();
}
