import { formatPlatform } from '../../image/index.ts';
import { type ImageReport, isClean, outcome, summarise } from '../../report/index.ts';
import type { Question } from '../../vulnerabilities/index.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { ImageRecord, ListedImageRecord } from './records.ts';

/** What the index says of a report, so that lists and gates need not open it. */
export function summaryOf(report: ImageReport): NonNullable<ImageRecord['platforms']>[number] {
  const { vulnerabilities, byLevel, fixable, kev, malware } = summarise(report);
  return {
    platform: formatPlatform(report.image.platform),
    manifestDigest: report.image.manifestDigest,
    outcome: outcome(report),
    clean: isClean(report),
    vulnerabilities,
    byLevel,
    fixable,
    kev,
    malware,
  };
}

/** The entry in the list of all images. */
export function listedImage(
  questions: readonly Question[],
  reports: readonly ImageReport[],
): ListedImageRecord {
  return {
    fingerprint: fingerprintOf(questions).toString('base64'),
    hasFindings: reports.some(({ findings }) => findings.length > 0),
  };
}
