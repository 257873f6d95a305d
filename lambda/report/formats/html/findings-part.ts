import type { Finding } from '../../../vulnerabilities/index.ts';
import { instructionOf, layerAt } from '../../layers.ts';
import { findingUrl } from '../../links.ts';
import { effectiveLevel } from '../../order.ts';
import type { ImageReport } from '../../report.ts';
import { targetsOf } from '../../target.ts';
import { type Markup, markup, NOTHING } from './markup.ts';

/** Headings with their share of the width: the same in every table, so that columns line up down the page. */
const HEADINGS = [
  ['ID', 'w2'],
  ['Severity', 'w0'],
  ['Package', 'w1'],
  ['Installed', 'w1'],
  ['Fixed in', 'w1'],
  ['Status', 'w0'],
  ['Layer', 'w1'],
] as const;

/** Malware first, then findings by target; suppressed ones folded, with what silences them. */
export function findingsPart(report: ImageReport): Markup {
  const open = report.findings.filter(({ suppressedBy }) => suppressedBy === undefined);
  const suppressed = report.findings.filter(({ suppressedBy }) => suppressedBy !== undefined);
  const malware = open.filter((finding) => finding.class === 'malware');
  const vulnerabilities = open.filter((finding) => finding.class !== 'malware');
  return markup`${malware.length === 0 ? NOTHING : markup`<h2 class="malware">Malware</h2>${targetParts(report, malware)}`}
<h2>Findings</h2>
${vulnerabilities.length === 0 ? markup`<p>None.</p>` : targetParts(report, vulnerabilities)}
${
  suppressed.length === 0
    ? NOTHING
    : markup`<details><summary>Suppressed (${suppressed.length})</summary>${targetParts(report, suppressed)}</details>`
}`;
}

function targetParts(report: ImageReport, findings: readonly Finding[]): Markup[] {
  return targetsOf(report, findings).map(
    ({ title, findings: own }) => markup`<h3>${title}: ${own.length}</h3>
<div class="scroll"><table class="findings">
<thead><tr>${HEADINGS.map(([heading, width]) => markup`<th scope="col" class="${width}">${heading}</th>`)}</tr></thead>
<tbody>${own.map((finding) => rowOf(finding, report))}</tbody>
</table></div>`,
  );
}

function rowOf(finding: Finding, report: ImageReport): Markup {
  const { class: kind, severity, kev, suppressedBy, status, minimalFix, fixedVersions, title } = finding;
  const score = severity.score === undefined ? '' : ` ${severity.score.toFixed(1)}`;
  return markup`<tr>
<td><a href="${findingUrl(finding)}" rel="noreferrer">${finding.id}</a>${kev === undefined ? NOTHING : markup` <span class="mark critical" title="in CISA's catalogue of exploited vulnerabilities">KEV</span>`}${title === undefined ? NOTHING : markup`<br><span class="soft">${title}</span>`}</td>
<td class="level ${effectiveLevel(finding)}">${kind === 'malware' ? kind : severity.level}${score}</td>
<td class="text">${finding.packageName}</td>
<td class="text"><code>${finding.installedVersion}</code></td>
<td class="text"><code>${minimalFix ?? fixedVersions.join(', ')}</code></td>
<td>${suppressedBy ?? status.replaceAll('_', ' ')}</td>
<td class="text">${finding.layer} <span class="soft">${instructionOf(layerAt(report, finding.layer))}</span></td>
</tr>
`;
}
