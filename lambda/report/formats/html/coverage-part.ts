import type { Coverage } from '../../../shared/coverage.ts';
import { gapsOf } from '../../coverage-text.ts';
import { outcome } from '../../outcome.ts';
import type { ImageReport } from '../../report.ts';
import { type Markup, markup, NOTHING } from './markup.ts';

/** What was covered and what was not, with the reasons and the dates of the advisories. Always there. */
export function coveragePart(report: ImageReport): Markup {
  const gaps = gapsOf(report);
  const complete = report.coverage.filter((entry) => entry.outcome === 'complete');
  const extent = outcome(report);
  return markup`<h2>Coverage: <span class="${extent}">${extent}</span></h2>
${gaps.length === 0 ? NOTHING : markup`<details open><summary>Not covered, or in part (${gaps.length})</summary>${coverageTable(gaps)}</details>`}
${complete.length === 0 ? NOTHING : markup`<details><summary>Read and matched (${complete.length})</summary>${coverageTable(complete)}</details>`}
${advisoriesPart(report)}`;
}

function coverageTable(entries: readonly Coverage[]): Markup {
  return markup`<div class="scroll"><table>
<thead><tr><th scope="col">What</th><th scope="col">Covered</th><th scope="col">Reason</th><th scope="col">Detail</th></tr></thead>
<tbody>${entries.map(
    ({ subject, name, outcome: extent, reason, detail }) =>
      markup`<tr><td class="text">${subject} <code>${name}</code></td><td class="${extent}">${extent}</td><td>${reason ?? ''}</td><td class="text">${detail ?? ''}</td></tr>
`,
  )}</tbody>
</table></div>`;
}

function advisoriesPart({ advisories }: ImageReport): Markup {
  const { builtAt, feeds } = advisories;
  if (builtAt === undefined && feeds.length === 0) return markup`<p>No advisory database was used.</p>`;
  const rows = feeds.map(
    ({ name, newest, fetchedAt }) =>
      markup`<tr><td class="text">${name}</td><td>${newest ?? 'unknown'}</td><td>${fetchedAt ?? 'unknown'}</td></tr>
`,
  );
  return markup`<details><summary>Advisories: database built ${builtAt ?? 'at an unknown time'}</summary>
<div class="scroll"><table>
<thead><tr><th scope="col">Feed</th><th scope="col">Newest record</th><th scope="col">Fetched</th></tr></thead>
<tbody>${rows}</tbody>
</table></div></details>`;
}
