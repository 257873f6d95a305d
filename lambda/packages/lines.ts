const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * Calls `visit` with the bounds of each line, without its line end (LF or CRLF) and without decoding it: package databases
 * are mostly lines nobody wants. Text sliced out of a decoded file would also keep the whole file in memory.
 */
export function forEachLine(bytes: Buffer, visit: (start: number, end: number) => void): void {
  let start = 0;
  while (start < bytes.length) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const next = feed === -1 ? bytes.length : feed;
    const end = next > start && bytes[next - 1] === CARRIAGE_RETURN ? next - 1 : next;
    visit(start, end);
    start = next + 1;
  }
}
