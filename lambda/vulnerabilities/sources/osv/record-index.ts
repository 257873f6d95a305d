import { AdvisoryError } from '../../errors.ts';

/** Ids become file names and addresses, so that their alphabet is checked: `RHSA-2025:1613`, `GHSA-…`, `openSUSE-SU-…`. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:+@~-]{0,200}$/;
const LINE = /^(?<modified>\d{4}-\d\d-\d\dT[\d:.]{8,40}(?:Z|[+-]\d\d:\d\d)),(?<id>.{1,250})$/;

/**
 * When each record of an ecosystem last changed, from `modified_id.csv`: lines `<ISO 8601>,<id>`, newest first.
 * https://google.github.io/osv.dev/data/#data-dumps . Fails with `feed-malformed` on a line of any other form, and when
 * there is none: an empty index would withdraw every record.
 */
export function parseRecordIndex(text: string): ReadonlyMap<string, string> {
  const index = new Map<string, string>();
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed === '') continue;
    const { modified, id } = LINE.exec(trimmed)?.groups ?? {};
    if (modified === undefined || id === undefined || !ID.test(id)) {
      throw new AdvisoryError(
        'feed-malformed',
        `modified_id.csv has a line ${JSON.stringify(trimmed.slice(0, 80))}`,
      );
    }
    index.set(id, modified);
  }
  if (index.size === 0) throw new AdvisoryError('feed-malformed', 'modified_id.csv names no record');
  return index;
}
