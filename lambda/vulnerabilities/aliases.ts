import type { Advisory } from './advisory.ts';

type Names = Pick<Advisory, 'id' | 'aliases' | 'upstream' | 'related'>;

const CVE = /^CVE-\d{4}-\d{4,}$/;
const GHSA = /^GHSA-/;

/**
 * Records that a distribution keeps for each CVE: the record *is* that CVE as far as its packages are concerned.
 * https://github.com/ossf/osv-schema/blob/main/docs/schema.md#id-modified-fields lists the prefixes.
 */
const PER_CVE_RECORD = /^(?:DEBIAN|UBUNTU|ALPINE)-(?<cve>CVE-\d{4}-\d{4,})$/;

/**
 * Advisories of a distribution: one update that mends any number of vulnerabilities, named in `upstream` or, in older
 * records, in `related`.
 */
const DISTRIBUTION_ADVISORY =
  /^(?:RHSA|RHBA|RHEA|ALSA|ALBA|ALEA|RLSA|RXSA|ELSA|SUSE-[SRFO]U|openSUSE-[SR]U|ALAS[A-Z0-9.]*|USN|LSN|DSA|DLA|DTSA|AZL|PHSA|MGASA|CGA|OESA)-/;

/** True for the id of a CVE. */
export function isCve(id: string): boolean {
  return CVE.test(id);
}

/** True for records of malicious packages, which are not vulnerabilities. */
export function isMalware(id: string): boolean {
  return id.startsWith('MAL-');
}

/** True for a distribution's advisory, which covers several vulnerabilities rather than being one. */
export function isDistributionAdvisory(id: string): boolean {
  return DISTRIBUTION_ADVISORY.test(id);
}

/**
 * The vulnerabilities that a record speaks of, each to become a finding of its own: the CVE of a per-CVE record, the CVEs
 * a distribution's advisory covers (`upstream`, and the CVEs among `related`), otherwise the record itself.
 * An advisory that names no vulnerability stands for itself.
 */
export function coveredVulnerabilities(record: Names): readonly string[] {
  const cve = PER_CVE_RECORD.exec(record.id)?.groups?.['cve'];
  if (cve !== undefined) return [cve];
  if (!isDistributionAdvisory(record.id)) return [record.id];
  const named = [...record.upstream, ...record.related.filter(isCve), ...record.aliases.filter(isCve)];
  const covered = [...new Set(named.filter((id) => !isDistributionAdvisory(id)))];
  return covered.length === 0 ? [record.id] : covered;
}

/**
 * Groups of names for the same vulnerability. `aliases` of ordinary records are symmetric and transitive; those of a
 * distribution's advisory join nothing, because it may cover several vulnerabilities.
 */
export class AliasGroups {
  readonly #parent = new Map<string, string>();

  /** Joins what one record says is the same. */
  add(record: Names): void {
    if (isDistributionAdvisory(record.id)) return;
    const [first = record.id] = coveredVulnerabilities(record);
    this.#find(first);
    for (const alias of record.aliases) if (!isDistributionAdvisory(alias)) this.#join(first, alias);
  }

  /** The name that stands for the group of this id: the same for all of its members. */
  representative(id: string): string {
    return this.#find(id);
  }

  /** All groups by their representative; the names of each, the best one for showing first: see `compareIds`. */
  members(): ReadonlyMap<string, readonly string[]> {
    const groups = Map.groupBy(this.#parent.keys(), (name) => this.#find(name));
    return new Map([...groups].map(([root, names]) => [root, names.toSorted(compareIds)]));
  }

  #find(id: string): string {
    const parent = this.#parent.get(id) ?? id;
    const root = parent === id ? id : this.#find(parent);
    this.#parent.set(id, root);
    return root;
  }

  #join(a: string, b: string): void {
    const [first, second] = [this.#find(a), this.#find(b)];
    if (first !== second) this.#parent.set(second, first);
  }
}

/** Orders names for showing: CVE, then GHSA, then the others; numbers inside compare as numbers (CVE-2024-999 first). */
export function compareIds(a: string, b: string): number {
  return rank(a) - rank(b) || compareNaturally(a, b);
}

function rank(id: string): number {
  if (isCve(id)) return 0;
  return GHSA.test(id) ? 1 : 2;
}

const RUNS = /\d+|\D+/g;
const DIGIT = /^\d/;
const LEADING_ZEROS = /^0+/;

/** Runs of digits by value, others as text: the same everywhere, and without the 5 ms that a collator takes to load. */
function compareNaturally(a: string, b: string): number {
  const [left, right] = [a.match(RUNS) ?? [], b.match(RUNS) ?? []];
  for (const [at, one] of left.entries()) {
    const other = right[at];
    if (other === undefined) return 1;
    const order = DIGIT.test(one) && DIGIT.test(other) ? compareNumbers(one, other) : compareText(one, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareNumbers(a: string, b: string): number {
  const [left, right] = [a.replace(LEADING_ZEROS, ''), b.replace(LEADING_ZEROS, '')];
  return left.length - right.length || compareText(left, right) || a.length - b.length;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
