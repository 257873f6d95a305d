import { formatBytes } from '../../../shared/units.ts';
import { SEVERITY_LEVELS, type SeverityLevel } from '../../../vulnerabilities/index.ts';
import { hiddenText } from '../../coverage-text.ts';
import { platformText } from '../../image-name.ts';
import { isClean, outcome } from '../../outcome.ts';
import type { ImageReport } from '../../report.ts';
import { summarise } from '../../summary.ts';
import type { Paint } from './paint.ts';
import { shown } from './shown.ts';

/** What was scanned. */
export function headerSection(report: ImageReport, paint: Paint): string[] {
  const { image, distro, layers, packages } = report;
  const bytes = layers.reduce((sum, layer) => sum + layer.bytes, 0);
  const contents = [
    ...(distro === undefined ? [] : [shown(distro.prettyName || distro.id)]),
    `${counted(layers.length, 'layer')} (${formatBytes(bytes)} compressed)`,
    counted(packages.length, 'package'),
  ];
  return [
    `${paint('bold', shown(image.name))}  ${shown(platformText(image))}`,
    shown(image.manifestDigest),
    contents.join(', '),
  ];
}

/** What it comes to: counts, and in a sentence whether the image is clean. */
export function summarySection(report: ImageReport, paint: Paint): string[] {
  const { vulnerabilities, byLevel, fixable, kev, malware, suppressed } = summarise(report);
  const hidden = hiddenText(report);
  return [
    ...(malware > 0 ? [paint(['bold', 'red'], `${counted(malware, 'package')} of malware`)] : []),
    ...(vulnerabilities > 0
      ? [
          `${paint('bold', counted(vulnerabilities, 'finding'))}: ${levelsText(byLevel)}`,
          `with a fix: ${fixable}, known to be exploited (KEV): ${kev}`,
        ]
      : []),
    ...(suppressed > 0 ? [`${counted(suppressed, 'suppressed finding')} not listed`] : []),
    ...(hidden === undefined ? [] : [hidden]),
    ...(vulnerabilities + malware === 0 ? [verdict(report, paint)] : []),
  ];
}

/** `2 critical, 1 low`: levels that occur. */
export function levelsText(byLevel: Readonly<Record<SeverityLevel, number>>): string {
  return SEVERITY_LEVELS.filter((level) => byLevel[level] > 0)
    .map((level) => `${byLevel[level]} ${level}`)
    .join(', ');
}

function verdict(report: ImageReport, paint: Paint): string {
  if (isClean(report)) return paint('green', 'clean: everything was read and matched, nothing was found');
  if (outcome(report) === 'complete') return paint('yellow', 'not clean: filters hide findings');
  const extent = outcome(report) === 'none' ? 'nothing' : 'not everything';
  const none = hiddenText(report) === undefined ? 'no findings' : 'no findings shown';
  return paint('yellow', `not clean: ${none}, but ${extent} could be read and matched; see coverage`);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
