// Output of `rpm --query --all --query-format "%{NAME}\t%{VERSION}-%{RELEASE}\t%{INSTALLTIME}\t%{BUILDTIME}\t%{VENDOR}\t
// %{EPOCH}\t%{SIZE}\t%{ARCH}\t%{EPOCHNUM}\t%{SOURCERPM}\n"`:
// https://github.com/microsoft/azurelinux/blob/386c7a2a02dfe806a3513e8da98d5b0fdce4870d/toolkit/docs/how_it_works/5_misc.md
import type { AnalyzerResult, WantedFile } from '../../../image/index.ts';
import type { CatalogerOutput } from '../../cataloger.ts';
import { forEachLine } from '../../lines.ts';
import { problemsOf } from '../../problem-list.ts';
import { isSigningKey } from '../../rpm-names.ts';
import { type ManifestEntry, packageOf } from './package.ts';

const COLUMNS = 10;
const MAX_LINE_BYTES = 8192;

/** The packages of the manifest. Lines of another shape are reported as `malformed`. */
export function parseManifest(file: WantedFile): AnalyzerResult<CatalogerOutput> {
  const problems = problemsOf(file.path);
  const outputs: CatalogerOutput[] = [];
  const bytes = file.bytes();
  let line = 0;
  forEachLine(bytes, (start, end) => {
    line += 1;
    if (start === end) return;
    const entry = end - start > MAX_LINE_BYTES ? undefined : entryOf(bytes.toString('utf8', start, end));
    if (entry !== undefined && isSigningKey(entry.name)) return;
    const found = entry && packageOf(entry);
    if (found === undefined) problems.add('malformed', `line ${line} is not ${COLUMNS} columns of a package`);
    else outputs.push({ kind: 'package', package: found });
  });
  return { outputs, problems: problems.list() };
}

function entryOf(text: string): ManifestEntry | undefined {
  const columns = text.split('\t');
  if (columns.length !== COLUMNS) return undefined;
  const column = (index: number) => columns[index] ?? '';
  return {
    name: column(0),
    versionRelease: column(1),
    vendor: column(4),
    arch: column(7),
    epochNumber: column(8),
    sourceRpm: column(9).trimEnd(),
  };
}
