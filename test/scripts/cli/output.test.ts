import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../scripts/cli/failure.ts';
import { checkWritable, destinations, writeReports } from '../../../scripts/cli/output.ts';
import { cleanReport } from '../../support/sample-report.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** `table`, or `sarif > file`. */
function shownOf(formats: readonly string[], output?: string): string[] {
  return destinations(formats, output).map(({ format, path }) =>
    path === undefined ? format.id : `${format.id} > ${path}`,
  );
}

describe('scripts/cli/output', () => {
  const path = temporaryDirectory();

  it.each<[string, string[], string | undefined, string[]]>([
    ['nothing', [], undefined, ['table']],
    ['a file alone', [], 'out.txt', ['table > out.txt']],
    ['a format', ['json'], undefined, ['json']],
    ['a format in capitals', ['JSON'], undefined, ['json']],
    ['a format and a file', ['json'], 'out.json', ['json > out.json']],
    ['a format with its file', ['sarif=a.sarif'], undefined, ['sarif > a.sarif']],
    ['a file name with an equals sign', ['sarif=a=b'], undefined, ['sarif > a=b']],
    ['several in one', ['table,json=a, html=b'], undefined, ['table', 'json > a', 'html > b']],
    ['several with a file for the open one', ['sarif=a', 'cyclonedx'], 'b', ['sarif > a', 'cyclonedx > b']],
    ['the same format twice', ['json', 'json=a'], undefined, ['json', 'json > a']],
  ])('understands %s', (_what, formats, output, expected) => {
    expect(shownOf(formats, output)).toEqual(expected);
  });

  it.each<[string, string[], string | undefined, RegExp]>([
    ['an unknown format', ['yaml'], undefined, /^there is no format "yaml": choose among table, json, /],
    ['an empty format', [''], undefined, /^there is no format ""/],
    ['an empty file name', ['json='], undefined, /^--format json= names no file$/],
    ['an empty --output', ['json'], '', /^--output names no file$/],
    ['two formats for standard output', ['json', 'table'], undefined, /--format table=FILE$/],
    ['two formats for --output', ['json', 'table'], 'out', /cannot both go to out/],
    ['an --output that is left over', ['json=a'], 'b', /^--output has no format left/],
    ['two formats for one file', ['json=a', 'table=a'], undefined, /cannot both be written to a$/],
    ['two formats for one file by --output', ['json=a', 'table'], 'a', /cannot both be written to a$/],
  ])('rejects %s', (_what, formats, output, message) => {
    const act = (): unknown => destinations(formats, output);

    expect(act).toThrow(UsageError);
    expect(act).toThrow(message);
  });

  it('accepts files that are there and files that can be made', async () => {
    await writeFile(path('there.json'), 'old');

    await checkWritable(
      destinations([`json=${path('there.json')}`, `html=${path('new.html')}`, 'table'], undefined),
    );

    expect(await readFile(path('there.json'), 'utf8')).toBe('old');
  });

  it.each([
    ['in a folder that is not there', ['missing', 'a.json'], /: no such file or directory \(ENOENT\)$/],
    ['that is a folder', [], /: it is a directory$/],
    ['below a file', ['file', 'a.json'], /: not a directory \(ENOTDIR\)$/],
  ])('rejects a file %s', async (_what, parts, message) => {
    await writeFile(path('file'), '');
    const wanted = destinations([`json=${path(...parts)}`], undefined);

    await expect(checkWritable(wanted)).rejects.toThrow(message);
    await expect(checkWritable(wanted)).rejects.toThrow(UsageError);
  });

  it('writes each format into its file, without colours', async () => {
    await mkdir(path('reports'));
    const wanted = destinations([`json=${path('reports/a')}`, `table=${path('reports/b')}`], undefined);

    await writeReports([cleanReport()], wanted);

    expect(JSON.parse(await readFile(path('reports/a'), 'utf8'))).toHaveProperty('reports');
    const table = await readFile(path('reports/b'), 'utf8');
    expect(table).toContain('Coverage');
    expect(table).not.toContain('\u001b');
  });

  it('fails with the name of a file that cannot be written after all', async () => {
    const act = writeReports([], destinations([`json=${path('missing/a')}`], undefined));

    await expect(act).rejects.toThrow(
      /^cannot write the report to .*missing\/a: no such file or directory \(ENOENT\)$/,
    );
  });
});
