import { formatBytes } from '../../../shared/units.ts';
import { instructionOf } from '../../layers.ts';
import type { ImageReport } from '../../report.ts';
import { type Markup, markup } from './markup.ts';

/** Layers and packages, folded. */
export function packagesPart({ packages, layers }: ImageReport): Markup {
  return markup`<h2>Contents</h2>
<details><summary>Layers (${layers.length})</summary>
<div class="scroll"><table>
<thead><tr><th scope="col">#</th><th scope="col">Digest</th><th scope="col">Compressed</th><th scope="col">Made by</th></tr></thead>
<tbody>${layers.map(
    (layer) =>
      markup`<tr><td>${layer.index}</td><td class="text"><code>${layer.digest}</code></td><td>${formatBytes(layer.bytes)}</td><td class="text">${instructionOf(layer)}</td></tr>
`,
  )}</tbody>
</table></div></details>
<details><summary>Packages (${packages.length})</summary>
<div class="scroll"><table>
<thead><tr><th scope="col">Type</th><th scope="col">Name</th><th scope="col">Version</th><th scope="col">Licences</th><th scope="col">Where</th></tr></thead>
<tbody>${packages.map(
    ({ type, name, version, licenses, locations, introducedIn }) =>
      markup`<tr><td>${type}</td><td class="text">${name}</td><td class="text"><code>${version}</code></td><td class="text">${licenses.join(', ')}</td><td class="text"><code>${locations[0]?.path ?? ''}</code> <span class="soft">layer ${introducedIn}</span></td></tr>
`,
  )}</tbody>
</table></div></details>`;
}
