import type { EntryFacts } from '../../image/index.ts';

/** The smallest ELF header. */
const MIN_BYTES = 52;
const ANY_EXECUTE_BIT = 0o111;

/** Programs and libraries that are often installed without an execute bit; `so` also before a version (`libx.so.1.2`). */
const PROGRAM_ENDINGS: ReadonlySet<string> = new Set(['exe', 'dll', 'so', 'node']);
const VERSIONED_LIBRARY = /\.so\.[0-9][0-9.]{0,31}$/;

/** Endings of text and archives, which are marked executable in many images by careless copying. */
const OTHER_ENDINGS: ReadonlySet<string> = new Set(
  [
    'sh bash csh zsh fish py pyc pyi pl pm rb js mjs cjs ts map php lua tcl awk sed txt md rst html htm css',
    'json xml yaml yml toml ini conf cfg properties h hpp c cc cpp java class jar war ear zip gz xz bz2 zst tar',
    'png jpg jpeg gif svg ico pdf ttf woff woff2 pem crt key sql csv la pc mo po a o',
  ].flatMap((line) => line.split(' ')),
);

/** Whether a file may be a program or a shared library: by its ending, or by any execute bit. Its first bytes decide. */
export function mayBeExecutable(path: string, facts: EntryFacts): boolean {
  if (facts.size < MIN_BYTES || path.startsWith('usr/share/doc/')) return false;
  const base = path.slice(path.lastIndexOf('/') + 1);
  const dot = base.lastIndexOf('.');
  const ending = dot > 0 ? base.slice(dot + 1).toLowerCase() : '';
  if (PROGRAM_ENDINGS.has(ending)) return true;
  if ((facts.mode & ANY_EXECUTE_BIT) !== 0) return !OTHER_ENDINGS.has(ending);
  return base.includes('.so.') && VERSIONED_LIBRARY.test(base);
}
