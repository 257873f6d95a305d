import { SEVERITY_LEVELS } from '../../../vulnerabilities/index.ts';
import { hiddenText } from '../../coverage-text.ts';
import { isClean, outcome } from '../../outcome.ts';
import type { ImageReport } from '../../report.ts';
import { type Summary, summarise } from '../../summary.ts';
import { type Markup, markup, NOTHING } from './markup.ts';

/** Tiles with the counts, and a sentence that says whether the image is clean. */
export function summaryPart(report: ImageReport): Markup {
  const summary = summarise(report);
  const hidden = hiddenText(report);
  const { state, text } = verdict(report, summary);
  return markup`<ul class="tiles">${tiles(summary)}</ul>
<p class="verdict ${state}">${text}${hidden === undefined ? NOTHING : markup`<br>${hidden}`}</p>`;
}

function tiles(summary: Summary): Markup[] {
  const { byLevel, malware, fixable, kev, suppressed } = summary;
  const levels = SEVERITY_LEVELS.filter((level) => level !== 'unknown' || byLevel.unknown > 0);
  return [
    ...(malware > 0 ? [tile('malware', malware, 'malware')] : []),
    ...levels.map((level) => tile(level, byLevel[level], byLevel[level] > 0 ? level : 'soft')),
    tile('fixable', fixable, 'plain'),
    tile('exploited (KEV)', kev, kev > 0 ? 'critical' : 'soft'),
    ...(suppressed > 0 ? [tile('suppressed', suppressed, 'soft')] : []),
  ];
}

function tile(name: string, count: number, style: string): Markup {
  return markup`<li><b class="${style}">${count}</b>${name}</li>`;
}

function verdict(report: ImageReport, summary: Summary): { readonly state: string; readonly text: string } {
  const { vulnerabilities, malware } = summary;
  const extent = outcome(report);
  const gaps =
    extent === 'complete'
      ? ''
      : ` ${extent === 'none' ? 'Nothing' : 'Not everything'} could be read and matched.`;
  if (malware > 0) return { state: 'open', text: `Not clean: the image holds malware.${gaps}` };
  if (vulnerabilities > 0) return { state: 'open', text: `Not clean: ${vulnerabilities} findings.${gaps}` };
  if (isClean(report))
    return { state: 'clean', text: 'Clean: everything was read and matched, nothing was found.' };
  if (gaps !== '') return { state: 'gaps', text: `Not clean: no findings, but see coverage.${gaps}` };
  return { state: 'gaps', text: 'Not clean: filters hide findings.' };
}
