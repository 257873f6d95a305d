import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { type Progress, progressOn } from '../../../scripts/cli/progress.ts';

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>;

/** A progress on a stream that remembers what was written to it. */
function watched(stream: Stream, quiet = false, TERM = 'xterm'): { progress: Progress; written: string[] } {
  const written: string[] = [];
  const write = (text: string): boolean => written.push(text) > 0;
  return {
    progress: progressOn({ ...stream, write } as unknown as NodeJS.WriteStream, quiet, { TERM }),
    written,
  };
}

const CLEARED = '\r\u001b[2K';
const TERMINAL = { isTTY: true, columns: 20 };

describe('scripts/cli/progress', () => {
  it('writes over its line, and leaves none behind', async () => {
    const { progress, written } = watched(TERMINAL);

    progress.show('one');
    await wait(100);
    progress.show('two');
    await wait(100);
    progress.clear();

    expect(written).toEqual([`${CLEARED}one`, `${CLEARED}two`, CLEARED]);
  });

  it('leaves out what comes too fast, but not what comes last', async () => {
    const { progress, written } = watched(TERMINAL);

    for (const text of ['one', 'two', 'three']) progress.show(text);
    await wait(120);

    expect(written).toEqual([`${CLEARED}one`, `${CLEARED}three`]);
  });

  it('writes nothing once it is cleared', async () => {
    const { progress, written } = watched(TERMINAL);

    progress.show('one');
    progress.show('two');
    progress.clear();
    await wait(120);

    expect(written).toEqual([`${CLEARED}one`, CLEARED]);
  });

  it('clears nothing when it has shown nothing', () => {
    const { progress, written } = watched(TERMINAL);

    progress.clear();

    expect(written).toEqual([]);
  });

  it('fits the line to the terminal, and shows no control characters of an image', () => {
    const { progress, written } = watched(TERMINAL);

    progress.show(`opening \u001b[31m${'x'.repeat(50)}`);

    expect(written).toEqual([`${CLEARED}opening \\u001b[31mx`]);
  });

  it('assumes a width where the terminal does not tell one', () => {
    const { progress, written } = watched({ isTTY: true, columns: 0 });

    progress.show('x'.repeat(100));

    expect(written).toEqual([CLEARED + 'x'.repeat(79)]);
  });

  it.each([
    ['a stream that is no terminal', { isTTY: false, columns: 80 }, false, 'xterm'],
    ['those who want quiet', TERMINAL, true, 'xterm'],
    ['a terminal that cannot go back on its line', TERMINAL, false, 'dumb'],
  ])('shows nothing to %s', (_whom, stream, quiet, term) => {
    const { progress, written } = watched(stream, quiet, term);

    progress.show('one');
    progress.clear();

    expect(progress.isShown).toBe(false);
    expect(written).toEqual([]);
  });
});
