import { safeText } from '../../../shared/text.ts';

/** Longest text of one name or version on the page; the JSON report has all of it. Characters. */
const MAX_LENGTH = 200;

/** Text of an image made safe for a terminal and short enough for a line: no more than `length` of its characters. */
export function shown(text: string, length: number = MAX_LENGTH): string {
  const cut = text.length <= length ? text : `${text.slice(0, length)}…`;
  return safeText(cut.toWellFormed());
}
