import type { Finding } from '../../../vulnerabilities/index.ts';
import { instructionOf, layerAt } from '../../layers.ts';
import { effectiveLevel } from '../../order.ts';
import type { ImageReport } from '../../report.ts';
import { isFixable, summarise } from '../../summary.ts';
import { targetsOf } from '../../target.ts';
import { type Column, columnWidths, layOut, type Row } from './columns.ts';
import { LEVEL_STYLES, type Paint } from './paint.ts';
import { shown } from './shown.ts';
import { levelsText } from './summary-section.ts';

/** How much of a history line is worth a column. Characters. */
const MAX_INSTRUCTION = 60;

const COLUMNS: readonly Column[] = [
  { heading: 'ID', fit: 'fixed' },
  { heading: 'SEVERITY', fit: 'fixed' },
  { heading: 'PACKAGE', fit: 'wrap' },
  { heading: 'INSTALLED', fit: 'wrap' },
  { heading: 'FIXED IN', fit: 'wrap' },
  { heading: 'STATUS', fit: 'wrap' },
  { heading: 'LAYER', fit: 'cut' },
];

/** Malware on top, then one block for each target; suppressed findings are only counted. No block when there are none. */
export function findingsSection(report: ImageReport, paint: Paint, width: number): string[][] {
  const open = report.findings.filter(({ suppressedBy }) => suppressedBy === undefined);
  const blocks = [
    {
      malware: true,
      targets: targetsOf(
        report,
        open.filter((finding) => finding.class === 'malware'),
      ),
    },
    {
      malware: false,
      targets: targetsOf(
        report,
        open.filter((finding) => finding.class !== 'malware'),
      ),
    },
  ].flatMap(({ malware, targets }) =>
    targets.map(({ title, findings }) => ({
      title: malware ? paint(['bold', 'red'], `MALWARE in ${shown(title)}`) : paint('bold', shown(title)),
      counts: malware ? `${findings.length} to remove` : countsText(findings),
      rows: findings.map((finding) => rowOf(finding, report, paint)),
    })),
  );
  // One set of widths for all blocks, so that columns line up down the page.
  const widths = columnWidths(
    COLUMNS,
    blocks.flatMap(({ rows }) => rows),
    width,
  );
  return blocks.map(({ title, counts, rows }) =>
    [`${title}: ${counts}`].concat(layOut(COLUMNS, rows, widths)),
  );
}

function countsText(findings: readonly Finding[]): string {
  const { vulnerabilities, byLevel } = summarise({ findings: [...findings] });
  return `${vulnerabilities} (${levelsText(byLevel)})`;
}

function rowOf(finding: Finding, report: ImageReport, paint: Paint): Row {
  const { kev } = finding;
  const level = finding.class === 'malware' ? 'malware' : finding.severity.level;
  const layer = layerAt(report, finding.layer);
  const instruction = shown(instructionOf(layer), MAX_INSTRUCTION);
  return [
    { text: shown(finding.id) },
    {
      text: kev === undefined ? level : `${level} KEV`,
      style: (text) => paint(LEVEL_STYLES[effectiveLevel(finding)], text),
    },
    { text: shown(finding.packageName) },
    { text: shown(finding.installedVersion) },
    {
      text: shown(fixText(finding)),
      ...(isFixable(finding) ? { style: (text) => paint('green', text) } : {}),
    },
    { text: finding.status.replaceAll('_', ' ') },
    { text: `${finding.layer} ${instruction}`.trim() },
  ];
}

function fixText({ minimalFix, fixedVersions }: Finding): string {
  return minimalFix ?? fixedVersions.join(', ');
}
