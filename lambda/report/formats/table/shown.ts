import { safeText } from '../../../shared/text.ts';

/** Longest text of one name or version on the page; the JSON report has all of it. Characters. */
const MAX_LENGTH = 200;

/** Text of an image made safe for a terminal and short enough for a line: no more than `length` of its characters. */
export function shown(text: string, length: number = MAX_LENGTH): string {
  return text.length <= length ? safeText(text) : `${safeText(text.slice(0, length).toWellFormed())}…`;
}
