// https://www.freedesktop.org/software/systemd/man/latest/os-release.html : assignments a POSIX shell could read, without
// any of a shell's expansions. lsb-release has the same shape.

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
/** Inside double quotes a backslash escapes only these; before anything else it stands for itself. */
const DOUBLE_QUOTED_ESCAPES = '"$`\\';
const MAX_VALUE_LENGTH = 1024;

/**
 * The assignments in `text` to names in `wanted`; of several to one name the last counts. `faults` has the numbers of lines
 * that are neither assignment, comment nor empty, or whose quotes do not close (their value runs to the end of the line).
 */
export function parseAssignments(
  text: string,
  wanted: ReadonlySet<string>,
): { values: Map<string, string>; faults: number[] } {
  const values = new Map<string, string>();
  const faults: number[] = [];
  text.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    const equals = line.indexOf('=');
    const name = line.slice(0, Math.max(0, equals));
    if (!NAME.test(name)) {
      faults.push(index + 1);
      return;
    }
    if (!wanted.has(name)) return;
    const { value, closed } = unquote(line.slice(equals + 1));
    if (!closed) faults.push(index + 1);
    values.set(name, value.slice(0, MAX_VALUE_LENGTH));
  });
  return { values, faults };
}

function unquote(text: string): { value: string; closed: boolean } {
  const quote = text.startsWith('"') || text.startsWith("'") ? text.charAt(0) : '';
  let value = '';
  for (let at = quote.length; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (quote !== '' && char === quote) return { value, closed: true };
    const next = text.charAt(at + 1);
    if (
      char === '\\' &&
      quote !== "'" &&
      next !== '' &&
      (quote === '' || DOUBLE_QUOTED_ESCAPES.includes(next))
    ) {
      value += next;
      at += 1;
    } else {
      value += char;
    }
  }
  return { value, closed: quote === '' };
}
