import type { Finding } from '../vulnerabilities/index.ts';

const CVE = /^CVE-\d{4}-\d{4,19}$/;
const GHSA = /^GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}$/;

/** A page about a vulnerability: what an advisory names, else where records of its kind are published. */
export function findingUrl(finding: Finding): string {
  const stated = finding.advisories.find(({ id, url }) => id === finding.id && isWebUrl(url));
  return stated?.url ?? vulnerabilityUrl(finding.id);
}

/** Where a vulnerability is described, by its id alone. */
export function vulnerabilityUrl(id: string): string {
  if (CVE.test(id)) return `https://nvd.nist.gov/vuln/detail/${id}`;
  if (GHSA.test(id)) return `https://github.com/advisories/${id}`;
  return `https://osv.dev/vulnerability/${encodeURIComponent(id.toWellFormed())}`;
}

/** True for an absolute https or http URL without blanks: fit for a link. */
export function isWebUrl(url: string | undefined): url is string {
  if (url === undefined || !/^https?:\/\/[!-~]+$/.test(url) || /["'<>\\^`{|}]/.test(url)) return false;
  return URL.canParse(url);
}
