import { stripVTControlCharacters } from 'node:util';
import { safeText } from '../../lambda/shared/text.ts';

/** One line on a terminal that is written over; nothing elsewhere. */
export interface Progress {
  show(text: string): void;
  clear(): void;
}

const REDRAW_MS = 80;

/** Progress on `stream`, silent when that is no terminal or `quiet`. */
export function progressOn(stream: NodeJS.WriteStream, quiet: boolean): Progress {
  if (!stream.isTTY || quiet) return { show: () => undefined, clear: () => undefined };
  let drawnAt = 0;
  let drawn = false;
  return {
    show(text) {
      const now = performance.now();
      if (now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      drawn = true;
      const line = stripVTControlCharacters(safeText(text)).slice(0, Math.max(10, stream.columns - 1));
      stream.write(`\r\u001b[2K${line}`);
    },
    clear() {
      if (drawn) stream.write('\r\u001b[2K');
      drawn = false;
    },
  };
}
