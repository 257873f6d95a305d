/** C0 and C1 controls, DEL, bidirectional overrides and other invisible format characters that can forge terminal output. */
// oxlint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Text from an image made safe to show in a terminal: each unsafe character becomes its visible `\u….` escape. */
export function safeText(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
