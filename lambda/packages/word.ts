/** One run of visible characters. U+FFFD stands for bytes that were not UTF-8. */
const WORD = /^[^\s\p{Cc}\p{Cf}\ufffd]{1,512}$/u;

/**
 * True for text that can be a package's name, version or architecture: 1 to 512 visible characters, no blanks, no
 * controls, nothing that was not valid UTF-8. Anything else in a package database is damage, or an attack.
 */
export function isWord(text: string): boolean {
  return WORD.test(text);
}
