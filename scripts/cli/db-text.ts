import { safeText } from '../../lambda/shared/text.ts';
import { DAY_MS, formatBytes, HOUR_MS, MINUTE_MS } from '../../lambda/shared/units.ts';
import type { DatabaseStatus, UpdateSummary } from '../../lambda/vulnerabilities/index.ts';
import { aligned } from './columns.ts';

/** Column of numbers. */
const RECORDS = new Set([1]);

type Present = Extract<DatabaseStatus, { state: 'present' }>;
type Source = Present['sources'][number];

/** What an update did, a line for each feed that brought something or failed. */
export function updateText(summary: UpdateSummary): string {
  const { updated, unchanged, absent, failures, bytesDownloaded } = summary;
  const lines = updated.map(({ source, shards, packages, records }) => {
    const { added, changed, removed } = records;
    const counts = [
      count(added, 'record added', 'records added'),
      changed > 0 ? `${changed} changed` : '',
      removed > 0 ? `${removed} gone` : '',
      `${count(shards.length, 'file', 'files')} written`,
      touchedText(packages),
    ];
    const isFeedOfScores = added + changed + removed === 0;
    return `${source}: ${isFeedOfScores ? 'new' : counts.filter((text) => text !== '').join(', ')}`;
  });
  if (unchanged.length > 0) lines.push(`unchanged: ${unchanged.join(', ')}`);
  if (absent.length > 0) lines.push(`not in the mirror: ${absent.join(', ')}`);
  for (const { source, detail, code } of failures)
    lines.push(`FAILED ${source}: ${safeText(detail)} [${code}]`);
  if (bytesDownloaded > 0) lines.push(`${formatBytes(bytesDownloaded)} fetched`);
  return `${lines.join('\n')}\n`;
}

/** Ecosystems that are new as a whole count no names: everything in them is to be matched again. */
function touchedText(packages: UpdateSummary['updated'][number]['packages']): string {
  const named = packages.flatMap(({ names }) => (names === 'all' ? [] : names));
  return named.length === 0 ? '' : `${count(named.length, 'package', 'packages')} touched`;
}

/** The one sentence for standard error when feeds failed; undefined when none did. */
export function failureText({ failures, updated, unchanged }: UpdateSummary): string | undefined {
  if (failures.length === 0) return undefined;
  const all = failures.length + updated.length + unchanged.length;
  const again = failures.some(({ retryable }) => retryable) ? '; trying again may help' : '';
  return `${failures.length} of ${count(all, 'feed', 'feeds')} could not be updated and stay as they were${again}`;
}

/** What the database in a folder holds, for people. */
export function statusText(status: DatabaseStatus, directory: string): string {
  if (status.state === 'missing') return `no advisory database in ${directory}: run backline db update\n`;
  if (status.state === 'invalid') {
    return `the advisory database in ${directory} cannot be used: ${safeText(status.detail)}; run backline db update\n`;
  }
  const header = ['SOURCE', 'RECORDS', 'NEWEST', 'CHECKED', ''];
  const damaged = status.damaged.map((file) => `DAMAGED ${safeText(file)}: run backline db update`);
  const lines = [
    `${directory}: ${formatBytes(status.bytes)}, last change ${status.builtAt.slice(0, 16).replace('T', ' ')} UTC`,
    '',
    ...aligned([header, ...status.sources.map(rowOf)], RECORDS),
    ...(damaged.length === 0 ? [] : ['', ...damaged]),
  ];
  return `${lines.join('\n')}\n`;
}

function rowOf({ id, records, newest, ageMs, problems }: Source): readonly string[] {
  const trouble = problems.count === 0 ? '' : `${count(problems.count, 'record', 'records')} not taken whole`;
  return [id, String(records), newest?.slice(0, 10) ?? 'unknown', ageText(ageMs), trouble];
}

/** How long ago something was, roughly. */
export function ageText(ms: number): string {
  if (ms < 2 * MINUTE_MS) return 'just now';
  if (ms < 2 * HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} minutes ago`;
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} hours ago`;
  return `${Math.floor(ms / DAY_MS)} days ago`;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
