import { createHash } from 'node:crypto';
import { platformText } from '../../image-name.ts';
import type { ImageReport } from '../../report.ts';
import { coveragePart } from './coverage-part.ts';
import { findingsPart } from './findings-part.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { packagesPart } from './packages-part.ts';
import { STYLE } from './style.ts';
import { summaryPart } from './summary-part.ts';

/** The only thing the page may use is its own style sheet: https://www.w3.org/TR/CSP3/#framework-directive-source-list */
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;

/** The whole page. */
export function pageOf(reports: readonly ImageReport[]): string {
  const [first] = reports;
  const title = first === undefined ? 'no image was scanned' : first.image.name;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{ html: POLICY }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title} - Backline report</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
${reports.length === 0 ? markup`<h1>no image was scanned</h1>` : reports.map(reportPart)}
${first === undefined ? NOTHING : footer(first)}
</body>
</html>
`;
  return page.html;
}

function reportPart(report: ImageReport): Markup {
  const { image, distro, scannedAt } = report;
  return markup`<section class="report">
<header>
<h1>${image.name}</h1>
<p class="soft">${platformText(image)}${distro === undefined ? '' : `, ${distro.prettyName || distro.id}`}, scanned ${scannedAt}<br>
<code>${image.manifestDigest}</code></p>
</header>
${summaryPart(report)}
${coveragePart(report)}
${findingsPart(report)}
${packagesPart(report)}
</section>
`;
}

function footer({ tool }: ImageReport): Markup {
  return markup`<footer class="soft"><p>Made by ${tool.name} ${tool.version}.</p></footer>`;
}
