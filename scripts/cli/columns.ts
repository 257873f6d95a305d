/** Rows as lines: columns two spaces apart, those named in `numbers` to the right. */
export function aligned(
  rows: readonly (readonly string[])[],
  numbers: ReadonlySet<number> = new Set(),
): readonly string[] {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, at) => (numbers.has(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
