import type { ViewFile } from '../image/index.ts';
import type { Problem } from '../shared/coverage.ts';
import type { CatalogerOutput } from './cataloger.ts';
import type { Distro } from './distro.ts';
import { candidateOf, type DistroCandidate, type DistroFacts } from './distro-candidate.ts';
import { repositoriesOf } from './distro-repositories.ts';

/**
 * Release files, the most telling first. Derivatives keep the debian_version and the redhat-release of their parent
 * (Ubuntu has `bookworm/sid`, Oracle Linux says Red Hat), so those come after the files that only one distribution has.
 */
const ORDER = [
  'etc/os-release',
  'usr/lib/os-release',
  'etc/alpine-release',
  'etc/lsb-release',
  'etc/debian_version',
  'etc/oracle-release',
  'etc/centos-release',
  'etc/redhat-release',
  'etc/system-release',
  'usr/lib/system-release',
  'etc/system-release-cpe',
] as const;
/** Rank of a file reached through a link under another name: an os-release, as nothing else has an `ID`. */
const LINKED_RANK = 1;

/** Rebuilds and relatives of Red Hat Enterprise Linux, whose release files name each other. */
const RED_HAT_FAMILY: ReadonlySet<string> = new Set([
  'almalinux',
  'amzn',
  'centos',
  'centos-stream',
  'fedora',
  'ol',
  'rhel',
  'rocky',
  'scientific',
]);

/**
 * The distribution of the final view. The first of the release files decides, unless a later layer brought one that
 * contradicts it: then the newest layer decides, and a problem `conflicting-distro` tells of it.
 */
export function detectDistro(files: readonly ViewFile<CatalogerOutput>[]): {
  readonly distro?: Distro;
  readonly problems: readonly Problem[];
} {
  const facts = factsOf(files);
  const statements = statementsOf(facts);
  const first = statements[0];
  if (first === undefined) return { problems: [] };
  const chosen = overruling(first, statements) ?? first;
  const { candidate } = chosen;
  const repositories = repositoriesOf(candidate, facts);
  const attached = facts.findLast(({ fields }) => fields['attached'] !== undefined)?.fields['attached'];
  const distro: Distro = {
    ...completed(candidate, statements),
    idLike: [...candidate.idLike],
    repositories,
    ...(attached !== undefined && { pro: attached === 'true' }),
  };
  return { distro, problems: chosen === first ? [] : [conflict(first, chosen)] };
}

type Statement = {
  readonly source: string;
  readonly layer: number;
  readonly rank: number;
  readonly candidate: DistroCandidate;
};

/** Oldest layer first, by path within a layer, so that results do not hang on the order of reading. */
function factsOf(files: readonly ViewFile<CatalogerOutput>[]): DistroFacts[] {
  return files
    .flatMap(({ layer, outputs }) =>
      outputs.flatMap((output) =>
        output.kind === 'distro' ? [{ source: output.source, layer, fields: output.fields }] : [],
      ),
    )
    .sort((a, b) => a.layer - b.layer || (a.source < b.source ? -1 : 1));
}

function statementsOf(facts: readonly DistroFacts[]): Statement[] {
  return facts
    .flatMap(({ source, layer, fields }) => {
      const candidate = candidateOf(source, fields);
      const index = (ORDER as readonly string[]).indexOf(source);
      return candidate === undefined
        ? []
        : [{ source, layer, candidate, rank: index < 0 ? LINKED_RANK : index }];
    })
    .sort((a, b) => a.rank - b.rank || b.layer - a.layer);
}

/** Of the files in later layers that contradict `first`, the one in the newest layer. */
function overruling(first: Statement, statements: readonly Statement[]): Statement | undefined {
  return statements
    .filter((other) => other.layer > first.layer && contradicts(other, first.candidate))
    .sort((a, b) => b.layer - a.layer || a.rank - b.rank)[0];
}

function contradicts({ candidate: other, rank }: Statement, first: DistroCandidate): boolean {
  if (other.id === first.id) {
    return other.version !== '' && first.version !== '' && releaseOf(other) !== releaseOf(first);
  }
  if (rank <= LINKED_RANK) return true;
  const related = RED_HAT_FAMILY.has(other.id) && RED_HAT_FAMILY.has(first.id);
  if (related) return majorOf(other.version) !== majorOf(first.version);
  return !first.idLike.includes(other.id);
}

/** How much of a version names the release: `12.5` is Debian 12, `3.19.1` is Alpine 3.19, `22.04` is all of it. */
function releaseOf({ id, version }: DistroCandidate): string {
  if (id === 'debian' || RED_HAT_FAMILY.has(id)) return majorOf(version);
  return version.split('.').slice(0, 2).join('.');
}

function majorOf(version: string): string {
  return version.split('.', 1)[0] ?? '';
}

/** What the chosen file leaves open another file about the same distribution may tell. */
function completed(
  candidate: DistroCandidate,
  statements: readonly Statement[],
): Omit<Distro, 'idLike' | 'repositories'> {
  const { id, prettyName } = candidate;
  const same = statements.filter((each) => each.candidate.id === id).map((each) => each.candidate);
  const version = candidate.version || (same.find((each) => each.version !== '')?.version ?? '');
  const codename = candidate.codename ?? same.find((each) => each.codename !== undefined)?.codename;
  return {
    id,
    version,
    prettyName,
    ...(codename !== undefined && { codename }),
    ...(candidate.cpe !== undefined && { cpe: candidate.cpe }),
  };
}

function conflict(first: Statement, chosen: Statement): Problem {
  const says = ({ source, layer, candidate: { id, version } }: Statement) =>
    `${source} of layer ${layer} says ${[id, version].join(' ').trim()}`;
  return {
    code: 'conflicting-distro',
    detail: `${says(first)}, ${says(chosen)}; the newer layer counts`,
    path: chosen.source,
  };
}
