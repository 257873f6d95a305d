import { safeText } from '../../lambda/shared/text.ts';

/** One line on a terminal that is written over; nothing elsewhere. */
export interface Progress {
  /** False where nobody would see it. */
  readonly isShown: boolean;
  /** Shown at once or a moment later; what comes in between is left out. */
  show(text: string): void;
  clear(): void;
}

const REDRAW_MS = 80;
/** Of a terminal that does not tell its size. */
const DEFAULT_COLUMNS = 80;
const SILENT: Progress = { isShown: false, show: () => undefined, clear: () => undefined };

/** Progress on `stream`, silent when that is no terminal, or one that cannot go back on its line, or `quiet`. */
export function progressOn(
  stream: NodeJS.WriteStream,
  quiet: boolean,
  env: NodeJS.ProcessEnv = process.env,
): Progress {
  if (!stream.isTTY || quiet || env['TERM'] === 'dumb') return SILENT;
  let latest = '';
  let drawn: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const draw = (): void => {
    timer = undefined;
    if (latest === drawn) return;
    drawn = latest;
    const width = (stream.columns || DEFAULT_COLUMNS) - 1;
    stream.write(`\r\u001b[2K${safeText(latest).slice(0, width)}`);
  };
  return {
    isShown: true,
    show(text) {
      latest = text;
      if (timer !== undefined) return;
      if (drawn === undefined) draw();
      timer ??= setTimeout(draw, REDRAW_MS).unref();
    },
    clear() {
      clearTimeout(timer);
      timer = undefined;
      if (drawn !== undefined) stream.write('\r\u001b[2K');
      drawn = undefined;
    },
  };
}
