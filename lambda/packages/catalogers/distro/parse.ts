import type { AnalyzerResult, WantedFile } from '../../../image/index.ts';
import type { CatalogerOutput } from '../../cataloger.ts';
import { parseJson } from '../../json.ts';
import { type ProblemList, problemsOf } from '../../problem-list.ts';
import { parseAssignments } from './os-release.ts';
import { contentManifestSchema, labelsSchema, proStatusSchema } from './schema.ts';

type Fields = Record<string, string>;
type Reader = (file: WantedFile, problems: ProblemList) => Fields;

const ASSIGNMENTS: ReadonlySet<string> = new Set([
  'ID',
  'ID_LIKE',
  'NAME',
  'PRETTY_NAME',
  'VERSION',
  'VERSION_ID',
  'VERSION_CODENAME',
  'CPE_NAME',
  'DISTRIB_ID',
  'DISTRIB_RELEASE',
  'DISTRIB_CODENAME',
  'DISTRIB_DESCRIPTION',
]);

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['etc/os-release', readAssignments],
  ['usr/lib/os-release', readAssignments],
  ['etc/lsb-release', readAssignments],
  ['etc/alpine-release', readFirstLine],
  ['etc/debian_version', readFirstLine],
  ['etc/redhat-release', readFirstLine],
  ['etc/centos-release', readFirstLine],
  ['etc/oracle-release', readFirstLine],
  ['etc/system-release', readFirstLine],
  ['usr/lib/system-release', readFirstLine],
  ['etc/system-release-cpe', readFirstLine],
  ['etc/apk/repositories', readRepositories],
  ['var/lib/ubuntu-advantage/status.json', readProStatus],
  ['root/buildinfo/labels.json', readLabels],
]);
const BUILD_INFO = /^(?:root\/buildinfo\/content_manifests|usr\/share\/buildinfo)\/[^/]{1,255}\.json$/;
const LOOKS_LIKE_ASSIGNMENT = /^(?:ID|DISTRIB_ID|PRETTY_NAME)=/m;

const MAX_LINE_LENGTH = 1024;
const MAX_REPOSITORIES = 200;

/** True for the files this cataloger reads. */
export function isDistroFile(path: string): boolean {
  return READERS.has(path) || BUILD_INFO.test(path);
}

/**
 * One `distro` output with the known fields of a file; the `source` is its path. Fields of release files are `release`; of
 * repository lists and content manifests `repositories` and `contentSets`, one a line; of labels `cpe`; of Ubuntu Pro
 * `attached`. Problem code `malformed`.
 */
export function parseDistroFile(file: WantedFile): AnalyzerResult<CatalogerOutput> {
  const problems = problemsOf(file.path);
  const fields = readerOf(file)(file, problems);
  const outputs: CatalogerOutput[] =
    Object.keys(fields).length === 0 ? [] : [{ kind: 'distro', source: file.path, fields }];
  return { outputs, problems: problems.list() };
}

/** A file reached through a link has another path (`usr/lib/os.release.d/os-release-container`); its content tells. */
function readerOf(file: WantedFile): Reader {
  const known = READERS.get(file.path);
  if (known !== undefined) return known;
  if (file.path.endsWith('labels.json')) return readLabels;
  if (file.path.endsWith('.json')) return readContentManifest;
  return LOOKS_LIKE_ASSIGNMENT.test(file.read(0, 4096).toString()) ? readAssignments : readFirstLine;
}

function readAssignments(file: WantedFile, problems: ProblemList): Fields {
  const { values, faults } = parseAssignments(textOf(file), ASSIGNMENTS);
  for (const line of faults) problems.add('malformed', `line ${line} is not an assignment`);
  return Object.fromEntries(values);
}

function readFirstLine(file: WantedFile): Fields {
  const line = textOf(file).trimStart().split('\n', 1)[0] ?? '';
  const release = line.trimEnd().slice(0, MAX_LINE_LENGTH);
  return release === '' ? {} : { release };
}

function readRepositories(file: WantedFile, problems: ProblemList): Fields {
  const lines = textOf(file)
    .split('\n')
    .map((line) => line.trim().slice(0, MAX_LINE_LENGTH))
    .filter((line) => line !== '' && !line.startsWith('#'));
  return lines.length === 0 ? {} : { repositories: bounded(lines, problems).join('\n') };
}

function readContentManifest(file: WantedFile, problems: ProblemList): Fields {
  const manifest = readJson(file, contentManifestSchema, problems);
  const sets = bounded(manifest?.content_sets ?? [], problems);
  return sets.length === 0 ? {} : { contentSets: sets.join('\n') };
}

function bounded(repositories: readonly string[], problems: ProblemList): readonly string[] {
  if (repositories.length > MAX_REPOSITORIES) {
    problems.add('limit-entries', `${repositories.length} repositories, ${MAX_REPOSITORIES} are taken`);
  }
  return repositories.slice(0, MAX_REPOSITORIES);
}

function readLabels(file: WantedFile, problems: ProblemList): Fields {
  const cpe = readJson(file, labelsSchema, problems)?.cpe;
  return cpe === undefined || cpe === '' ? {} : { cpe };
}

function readProStatus(file: WantedFile, problems: ProblemList): Fields {
  const status = readJson(file, proStatusSchema, problems);
  return status === undefined ? {} : { attached: String(status.attached) };
}

type Schema<T> = { safeParse(value: unknown): { success: true; data: T } | { success: false } };

function readJson<T>(file: WantedFile, schema: Schema<T>, problems: ProblemList): T | undefined {
  const parsed = parseJson(file.bytes(), file.path);
  if ('problem' in parsed) {
    problems.add(parsed.problem.code, parsed.problem.detail);
    return undefined;
  }
  const checked = schema.safeParse(parsed.value);
  if (checked.success) return checked.data;
  problems.add('malformed', 'the file has not the expected fields');
  return undefined;
}

function textOf(file: WantedFile): string {
  const text = file.bytes().toString('utf8');
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
