import type { Package } from '../../packages/index.ts';
import {
  AliasGroups,
  compareIds,
  coveredVulnerabilities,
  isCve,
  isDistributionAdvisory,
  isMalware,
} from '../aliases.ts';
import type { Finding } from '../finding.ts';
import type { AdvisoryLookup, Exploitation } from '../lookup.ts';
import { chooseSeverity } from '../severity.ts';
import type { Hit } from './consult.ts';
import { fixesFor } from './fixes.ts';
import { statusOf } from './states.ts';

/** The findings of one package: one per vulnerability, with every advisory that says so, ordered by id. */
export function findingsOf(pkg: Package, hits: readonly Hit[], lookup: AdvisoryLookup): readonly Finding[] {
  if (hits.length === 0) return [];
  const groups = new AliasGroups();
  for (const { advisory } of hits) groups.add(advisory);
  const byVulnerability = new Map<string, Hit[]>();
  for (const hit of hits) {
    const covered = coveredVulnerabilities(hit.advisory).map((id) => groups.representative(id));
    for (const root of new Set(covered)) {
      const known = byVulnerability.get(root);
      if (known === undefined) byVulnerability.set(root, [hit]);
      else known.push(hit);
    }
  }
  const names = groups.members();
  const findings = [...byVulnerability].map(([root, own]) =>
    findingOf(pkg, names.get(root) ?? [root], own.toSorted(compareNearness), lookup),
  );
  return findings.toSorted((a, b) => compareIds(a.id, b.id));
}

/** `ids`: all names of the vulnerability, the one to show first; `hits`: nearest source first. */
function findingOf(
  pkg: Package,
  ids: readonly string[],
  hits: readonly Hit[],
  lookup: AdvisoryLookup,
): Finding {
  const [id = '', ...aliases] = ids;
  const fixes = fixesFor(hits);
  const [smallest] = fixes.versions;
  return {
    id,
    class: ids.some(isMalware) ? 'malware' : 'vulnerability',
    aliases,
    ...optional(
      'title',
      hits.map(({ advisory }) => advisory.summary).find((summary) => summary !== undefined),
    ),
    package: pkg.purl,
    packageName: pkg.name,
    installedVersion: pkg.version,
    fixedVersions: [...fixes.versions],
    // What needs a subscription is not a version the reader can simply install.
    ...optional('minimalFix', fixes.availability === 'available' ? smallest : undefined),
    status: statusOf(
      hits.map(({ advisory }) => advisory.affected.state),
      fixes.availability,
    ),
    severity: chooseSeverity(
      hits.map(({ advisory }) => ({
        source: advisory.source,
        severities: advisory.severities,
        ...optional('state', advisory.affected.state),
      })),
    ),
    ...exploitationOf(ids.filter(isCve), lookup),
    cwes: [...new Set(hits.flatMap(({ advisory }) => advisory.cwes))].toSorted(compareIds),
    ...optional('published', earliest(hits.map(({ advisory }) => advisory.published))),
    layer: pkg.introducedIn,
    advisories: advisoriesOf(hits),
  };
}

/** A record about this one vulnerability says more than an update that covers many; ordinary feeds before paid ones. */
function compareNearness(a: Hit, b: Hit): number {
  return (
    Number(isDistributionAdvisory(a.advisory.id)) - Number(isDistributionAdvisory(b.advisory.id)) ||
    Number(a.query.role === 'subscription') - Number(b.query.role === 'subscription') ||
    compareIds(a.advisory.id, b.advisory.id)
  );
}

/** EPSS and KEV speak of CVEs; of several, the one known to be exploited, then the likeliest. */
function exploitationOf(cves: readonly string[], lookup: AdvisoryLookup): Exploitation {
  const facts = cves.map((cve) => lookup.exploitation(cve));
  const kev = facts.find((fact) => fact.kev !== undefined)?.kev;
  const scores = facts.flatMap(({ epss }) => (epss === undefined ? [] : [epss]));
  return { ...optional('epss', scores.toSorted((a, b) => b.score - a.score)[0]), ...optional('kev', kev) };
}

function advisoriesOf(hits: readonly Hit[]): Finding['advisories'] {
  const records = new Map(hits.map(({ advisory }) => [advisory.id, advisory.source]));
  return [...records].map(([id, source]) => {
    const url = urlOf(id, source);
    return url === undefined ? { id, source } : { id, source, url };
  });
}

/** https://google.github.io/osv.dev/ shows every record under its id. */
function urlOf(id: string, source: string): string | undefined {
  return source.startsWith('osv:') ? `https://osv.dev/vulnerability/${encodeURIComponent(id)}` : undefined;
}

function earliest(dates: readonly (string | undefined)[]): string | undefined {
  return dates.filter((date) => date !== undefined).toSorted()[0];
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]: Value });
}
