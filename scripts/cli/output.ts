import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  formatById,
  type ImageReport,
  REPORT_FORMATS,
  type ReportFormat,
} from '../../lambda/report/index.ts';
import { reasonOf, UsageError } from './failure.ts';

/** One document to write: to a file, or to standard output when `path` is absent. */
export type Destination = { readonly format: ReportFormat; readonly path?: string };

/**
 * Reads `--format FORMAT[=FILE]` (any number) and `--output FILE`, which belongs to the one format that names no file.
 * Throws `UsageError`.
 */
export function destinations(formats: readonly string[], output: string | undefined): Destination[] {
  const named = formats.flatMap((value) => value.split(',')).map(parseFormat);
  const chosen: Destination[] = named.length > 0 ? named : [{ format: REPORT_FORMATS[0] }];
  const open = chosen.filter(({ path }) => path === undefined);
  if (open.length > 1) {
    const names = open.map(({ format }) => format.id).join(' and ');
    throw new UsageError(
      `${names} cannot both go to ${output === undefined ? 'standard output' : output}: name a file, as in --format ${open[1]?.format.id}=FILE`,
    );
  }
  if (output === '') throw new UsageError('--output names no file');
  if (output !== undefined && open.length === 0)
    throw new UsageError('--output has no format left: every --format names its own file');
  const all = chosen.map(({ format, path = output }) => (path === undefined ? { format } : { format, path }));
  const paths = all.flatMap(({ path }) => path ?? []);
  const twice = paths.find((path, at) => paths.indexOf(path) !== at);
  if (twice !== undefined) throw new UsageError(`two formats cannot both be written to ${twice}`);
  return all;
}

function parseFormat(text: string): Destination {
  const equals = text.indexOf('=');
  const id = (equals === -1 ? text : text.slice(0, equals)).trim().toLowerCase();
  const path = equals === -1 ? undefined : text.slice(equals + 1);
  const format = formatById(id);
  if (format === undefined) {
    const known = REPORT_FORMATS.map((one) => one.id).join(', ');
    throw new UsageError(`there is no format ${JSON.stringify(id)}: choose among ${known}`);
  }
  if (path === '') throw new UsageError(`--format ${id}= names no file`);
  return path === undefined ? { format } : { format, path };
}

/** Throws `UsageError` for a file that plainly cannot be written: before a long scan, not after it. */
export async function checkWritable(wanted: readonly Destination[]): Promise<void> {
  for (const { path } of wanted) {
    if (path === undefined) continue;
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) throw new UsageError(`cannot write a report to ${path}: it is a directory`);
    try {
      // With a slash, a file in the folder's place is refused too.
      await access(found === undefined ? `${dirname(path)}/` : path, constants.W_OK);
    } catch (error) {
      throw new UsageError(`cannot write a report to ${path}: ${reasonOf(error)}`);
    }
  }
}

/** Renders and writes every document; files first, so that what is piped comes last. */
export async function writeReports(
  reports: readonly ImageReport[],
  wanted: readonly Destination[],
): Promise<void> {
  for (const { format, path } of wanted) {
    if (path === undefined) continue;
    const text = format.render(reports, { color: false, width: Infinity });
    await writeFile(path, text).catch((error: unknown) => {
      throw new Error(`cannot write the report to ${path}: ${reasonOf(error)}`);
    });
  }
  const shown = wanted.find(({ path }) => path === undefined);
  if (shown === undefined) return;
  const { stdout, env } = process;
  const color = stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  // A terminal that does not tell its size says 0.
  const width = (stdout.isTTY && stdout.columns) || Infinity;
  await printed(shown.format.render(reports, { color, width }));
}

/** Writes to standard output; a reader that went away (`| head`) is no failure. */
export async function printed(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error === null || error === undefined || (error as NodeJS.ErrnoException).code === 'EPIPE')
        resolve();
      else reject(new Error(`cannot write to standard output: ${reasonOf(error)}`));
    });
  });
}
