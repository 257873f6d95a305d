import stringWidth from 'string-width';

/** A column: its heading, and what to do when the terminal is too narrow for it. */
export type Column = {
  readonly heading: string;
  /** `wrap` keeps every character, on several lines; `cut` ends in an ellipsis; `fixed` never shrinks. */
  readonly fit: 'wrap' | 'cut' | 'fixed';
};

/** One row: a cell for each column, already safe to show, with a style for the text that takes no room. */
export type Row = readonly Cell[];
export type Cell = { readonly text: string; readonly style?: (text: string) => string };

const GAP = '  ';
/** Columns that shrink keep at least this many terminal cells. */
const MIN_WIDTH = 8;
const ASCII = /^[ -~]*$/;
const graphemes = new Intl.Segmenter();

/** The widths that fit the rows into a terminal of `width` cells, as far as columns may shrink: `cut` ones first. */
export function columnWidths(columns: readonly Column[], rows: readonly Row[], width: number): number[] {
  const widths = columns.map(({ heading }, index) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row[index]?.text ?? '')), heading.length),
  );
  for (const fit of ['cut', 'wrap'] as const) {
    let excess = widths.reduce((sum, own) => sum + GAP.length + own, 0) - width;
    while (excess > 0) {
      const candidates = columns.map((column, index) => (column.fit === fit ? (widths[index] ?? 0) : 0));
      const widest = Math.max(...candidates);
      if (widest <= MIN_WIDTH) break;
      widths[candidates.indexOf(widest)] = widest - 1;
      excess -= 1;
    }
  }
  return widths;
}

/** Heading and rows as lines, indented by the gap between columns; wrapped cells continue below. */
export function layOut(
  columns: readonly Column[],
  rows: readonly Row[],
  widths: readonly number[],
): string[] {
  const heading = columns.map(({ heading: text }) => ({ text }));
  return [heading, ...rows].flatMap((row) => rowLines(row, columns, widths));
}

function rowLines(row: Row, columns: readonly Column[], widths: readonly number[]): string[] {
  const cells = row.map(({ text }, index) =>
    fitCell(text, columns[index]?.fit ?? 'fixed', widths[index] ?? 0),
  );
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const parts = cells.map((lines, index) => {
      const text = lines[line] ?? '';
      const padding = ' '.repeat(Math.max((widths[index] ?? 0) - widthOf(text), 0));
      const style = text === '' ? undefined : row[index]?.style;
      return `${style?.(text) ?? text}${padding}`;
    });
    return `${GAP}${parts.join(GAP)}`.trimEnd();
  });
}

function fitCell(text: string, fit: Column['fit'], width: number): string[] {
  if (fit === 'fixed' || widthOf(text) <= width) return [text];
  return fit === 'cut' ? [`${takeWidth(text, width - 1)}…`] : wrap(text, width);
}

/** Breaks behind the last blank that fits, else anywhere: versions have none. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest !== '') {
    const fitting = takeWidth(rest, width);
    const blank =
      fitting.length < rest.length && rest[fitting.length] !== ' ' ? fitting.lastIndexOf(' ') : -1;
    const line = blank > 0 ? fitting.slice(0, blank) : fitting;
    lines.push(line);
    rest = rest.slice(line.length).trimStart();
  }
  return lines;
}

/** The longest beginning that takes at most `width` cells; at least one character, so that wrapping ends. */
function takeWidth(text: string, width: number): string {
  if (ASCII.test(text)) return text.slice(0, Math.max(width, 1));
  let taken = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > width && taken !== '') break;
    taken += segment;
  }
  return taken;
}

/** Terminal cells that a text takes; East Asian characters take two. */
function widthOf(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}
