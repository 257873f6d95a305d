import type { ScannedIntegration } from '../../lambda/scan/index.ts';
import type { AppError } from '../../lambda/shared/errors.ts';
import { safeText } from '../../lambda/shared/text.ts';
import { aligned } from './columns.ts';
import { gapLines } from './gaps-text.ts';

/** What a run came to for one integration: what was scanned, or why it could not be looked through. */
export type IntegrationScan = { readonly id: string } & (
  | { readonly scanned: ScannedIntegration }
  | { readonly error: AppError }
);
type Place = ScannedIntegration['images'][number];
type Platform = NonNullable<NonNullable<Place['record']>['platforms']>[number];

const HEAD = ['IMAGE', 'PLATFORM', 'OUTCOME', 'CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'OTHER', 'MALWARE', ''];
const NUMBERS: ReadonlySet<number> = new Set([3, 4, 5, 6, 7, 8]);
const SHORT_DIGEST = 'sha256:'.length + 12;

/** A table of the images that were scanned, what could not be listed, and a line for each integration. */
export function scanText(scans: readonly IntegrationScan[]): string {
  const rows = scans.flatMap((scan) => ('scanned' in scan ? scan.scanned.images.flatMap(rowsOf) : []));
  const table = rows.length === 0 ? [] : [...aligned([HEAD, ...rows], NUMBERS), ''];
  const lines = [...table, ...scans.flatMap(gapsOf), ...scans.map(totalOf)];
  return lines.map((line) => `${line}\n`).join('');
}

function rowsOf(place: Place): readonly (readonly string[])[] {
  const { outcome, record } = place;
  const without = (what: string, why = ''): readonly string[] =>
    [nameOf(place), '', what, '', '', '', '', '', '', why].map(safeText);
  if (outcome.outcome === 'failed') return [without('failed', `${outcome.detail} [${outcome.code}]`)];
  if (record?.platforms !== undefined) return record.platforms.map((one) => platformRow(nameOf(place), one));
  return [without(outcome.outcome === 'no-image' ? 'no image' : outcome.outcome)];
}

function platformRow(name: string, { platform, outcome, byLevel, malware }: Platform): readonly string[] {
  const count = (...levels: readonly string[]): string =>
    String(levels.reduce((sum, level) => sum + (byLevel[level] ?? 0), 0));
  const counts = [count('critical'), count('high'), count('medium'), count('low')];
  return [
    safeText(name),
    safeText(platform),
    outcome,
    ...counts,
    count('negligible', 'unknown'),
    String(malware),
    outcome === 'complete' ? '' : 'not all of it was read or matched: see its report',
  ];
}

function nameOf({ repository, tags, digest }: Place): string {
  const name = `${repository.host}/${repository.name}`;
  return tags[0] === undefined ? `${name}@${digest.slice(0, SHORT_DIGEST)}` : `${name}:${tags[0]}`;
}

function gapsOf(scan: IntegrationScan): readonly string[] {
  return 'scanned' in scan ? gapLines(scan.id, scan.scanned.discovery) : [];
}

function totalOf(scan: IntegrationScan): string {
  if (!('scanned' in scan)) {
    const { message, code, retryable } = scan.error;
    const again = retryable ? ': trying again may help' : '';
    return `${scan.id}: could not be looked through: ${safeText(message)} [${code}]${again}`;
  }
  const { discovery, images } = scan.scanned;
  const count = (what: (place: Place) => boolean): number => images.filter(what).length;
  const scanned = count(({ outcome }) => outcome.outcome === 'scanned');
  const failed = count(({ outcome }) => outcome.outcome === 'failed');
  const parts = [
    `${discovery.repositories} repositories`,
    `${scanned} ${scanned === 1 ? 'image' : 'images'} scanned`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(images.length === scanned + failed ? [] : [`${images.length - scanned - failed} left out`]),
    `${discovery.images - discovery.requested} known before`,
  ];
  return `${scan.id}: ${parts.join(', ')}`;
}
