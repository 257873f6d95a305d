import type { Package } from '../../packages/index.ts';
import { AliasGroups, coveredVulnerabilities } from '../aliases.ts';
import type { Finding } from '../finding.ts';
import type { Hit } from './consult.ts';

/** What the distribution says of the OS package that installed a language package's files. */
export type Owner = {
  readonly package: Package;
  /** The release's ecosystem, for the reason: `Debian:12`. */
  readonly ecosystem: string;
  /** The feed publishes unfixed vulnerabilities: its silence means something. */
  readonly vouches: boolean;
  readonly hits: readonly Hit[];
  readonly cleared: readonly Hit[];
};

/**
 * Findings of a language package whose files an OS package of the distribution installed. The distribution mends without
 * changing the upstream version, so that its feed is the authority: a feed that lists unfixed vulnerabilities vouches
 * for what the package is itself (same upstream version); for copies of other things inside it, and with other feeds,
 * only a vulnerability that the feed says is mended or does not apply is silenced. Silenced findings stay, with the reason.
 */
export function silenceOwned(findings: readonly Finding[], child: Package, owner: Owner): readonly Finding[] {
  if (findings.length === 0) return findings;
  const name = `${owner.package.name} ${owner.package.version}`;
  if (owner.vouches && isSameUpstream(child.version, owner.package.version)) {
    const reason = `the files belong to ${name}: the advisories of ${owner.ecosystem} speak for them`;
    return findings.map((finding) => ({ ...finding, suppressedBy: reason }));
  }
  const cleared = namesOf(owner.cleared);
  const affected = namesOf(owner.hits);
  const reason = `${owner.ecosystem} says that ${name}, which installed the files, is not affected`;
  return findings.map((finding) => {
    const ids = [finding.id, ...finding.aliases];
    const isCleared = ids.some((id) => cleared.has(id)) && !ids.some((id) => affected.has(id));
    return isCleared ? { ...finding, suppressedBy: reason } : finding;
  });
}

const EPOCH = /^\d+:/;
const REVISION = /-[^-]*$/;

/** `2.28.1` and `2.28.1+dfsg-1`: one begins with the other, up to the end of a number. */
function isSameUpstream(child: string, owner: string): boolean {
  const upstream = owner.replace(EPOCH, '').replace(REVISION, '');
  if (child === '' || upstream === '') return false;
  const [short, long] = child.length <= upstream.length ? [child, upstream] : [upstream, child];
  return long.startsWith(short) && !/^\d/.test(long.slice(short.length));
}

/** Every name of the vulnerabilities that these advisories cover. */
function namesOf(answers: readonly Hit[]): ReadonlySet<string> {
  const groups = new AliasGroups();
  const covered = answers.flatMap(({ advisory }) => {
    groups.add(advisory);
    return coveredVulnerabilities(advisory);
  });
  for (const id of covered) groups.representative(id);
  return new Set([...groups.members().values()].flat());
}
