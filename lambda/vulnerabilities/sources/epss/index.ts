import { AdvisoryError } from '../../errors.ts';

/** https://www.first.org/epss/data_stats : the newest scores, one gzip file a day. */
export const DEFAULT_EPSS_URL = 'https://epss.empiricalsecurity.com/epss_scores-current.csv.gz';

export type EpssScore = {
  readonly cve: string;
  /** Probability of exploitation within 30 days, 0 to 1. */
  readonly score: number;
  /** Share of CVEs with the same or a lower score, 0 to 1. */
  readonly percentile: number;
};
export type EpssFeed = {
  /** Day of the scores: `2026-08-16`. */
  readonly date: string;
  readonly scores: readonly EpssScore[];
  /** Rows that are not a CVE with two numbers between 0 and 1. */
  readonly badRows: number;
};

const HEADER = /^#.*\bscore_date:(?<date>\d{4}-\d\d-\d\d)/;
const COLUMNS = 'cve,epss,percentile';
const ROW = /^(?<cve>CVE-\d{4}-\d{4,9}),(?<score>[01](?:\.\d{1,20})?),(?<percentile>[01](?:\.\d{1,20})?)$/;

/**
 * The scores of a feed: a comment with the date, the names of the columns, then one row a CVE. Fails with
 * `feed-malformed` when the two first lines are others or no row follows; a bad row is counted and left out.
 */
export function parseEpss(text: string): EpssFeed {
  const [comment = '', columns = '', ...rows] = text.split('\n');
  const date = HEADER.exec(comment)?.groups?.['date'];
  if (date === undefined || columns.trim() !== COLUMNS) {
    throw new AdvisoryError('feed-malformed', 'the EPSS feed does not begin with its date and columns');
  }
  const scores: EpssScore[] = [];
  let badRows = 0;
  for (const row of rows) {
    const trimmed = row.trim();
    if (trimmed === '') continue;
    const { cve, score, percentile } = ROW.exec(trimmed)?.groups ?? {};
    const [value, share] = [Number(score), Number(percentile)];
    if (cve !== undefined && value <= 1 && share <= 1) scores.push({ cve, score: value, percentile: share });
    else badRows += 1;
  }
  if (scores.length === 0) throw new AdvisoryError('feed-malformed', 'the EPSS feed has no scores');
  return { date, scores, badRows };
}
