import { safeText } from '../../../shared/text.ts';

/** A piece of HTML. Made only by `markup`, so that plain text can never take its place unescaped. */
export type Markup = { readonly html: string };

type Value = string | number | Markup | readonly Markup[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Template tag: text is made safe and escaped, for content and for attributes in double quotes; markup goes in as it is. */
export function markup(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const parts = values.map((value, index) => `${rendered(value)}${strings[index + 1] ?? ''}`);
  return { html: `${strings[0] ?? ''}${parts.join('')}` };
}

export const NOTHING: Markup = { html: '' };

function rendered(value: Value): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escapeHtml(value);
  return isMarkup(value) ? value.html : value.map(({ html }) => html).join('');
}

function isMarkup(value: Markup | readonly Markup[]): value is Markup {
  return 'html' in value;
}

/** Longer texts are cut: no page needs them, and the JSON report has them. Characters. */
const MAX_LENGTH = 2000;

/** Lone surrogates are no text: https://infra.spec.whatwg.org/#scalar-value-string */
function escapeHtml(text: string): string {
  const cut = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return safeText(cut.toWellFormed()).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}
