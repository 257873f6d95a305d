import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { messageOf } from '../../../shared/errors.ts';
import { AdvisoryError } from '../../errors.ts';
import type { AdvisoryRecord } from '../../record.ts';
import { recordOf, type Update } from './update.ts';

/** Longest text kept of one element; descriptions are not kept at all. */
const MAX_TEXT = 4096;
/** Text handed to the parser at a time, in characters. */
const SLICE = 1 << 16;

/**
 * The advisories of a repository's `updateinfo.xml`, one record per `<update>`. The text is parsed in slices: memory is
 * that of the records. Fails with `feed-malformed` when the text is not well-formed to its end.
 */
export function parseUpdateInfo(
  text: string,
  repository: { readonly release: string; readonly name: string },
): readonly AdvisoryRecord[] {
  const records: AdvisoryRecord[] = [];
  const parser = new SaxesParser();
  let update = emptyUpdate();
  let collected = '';
  parser.on('opentag', (tag) => {
    collected = '';
    if (tag.name === 'update') update = emptyUpdate();
    else noteTag(update, tag);
  });
  parser.on('text', (part) => {
    if (collected.length < MAX_TEXT) collected += part.slice(0, MAX_TEXT);
  });
  parser.on('closetag', ({ name }) => {
    if (name === 'id') update.id = collected.trim();
    if (name === 'title') update.title = collected.trim();
    if (name === 'severity') update.severity = collected.trim();
    if (name !== 'update') return;
    const record = recordOf(update, repository);
    if (record !== undefined) records.push(record);
  });
  try {
    for (let at = 0; at < text.length; at += SLICE) parser.write(text.slice(at, at + SLICE));
    parser.close();
  } catch (error) {
    throw new AdvisoryError('feed-malformed', `updateinfo.xml cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return records;
}

function noteTag(update: Update, { name, attributes }: SaxesTagPlain): void {
  switch (name) {
    case 'issued':
      update.issued = attributes['date'] ?? '';
      break;
    case 'updated':
      update.updated = attributes['date'] ?? '';
      break;
    case 'reference':
      if (attributes['id']?.startsWith('CVE-') === true) update.cves.add(attributes['id']);
      break;
    case 'package':
      update.packages.push({
        name: attributes['name'] ?? '',
        arch: attributes['arch'] ?? '',
        // A missing epoch is 0. https://rpm-software-management.github.io/rpm/manual/tags.html
        epoch: attributes['epoch'] ?? '0',
        version: attributes['version'] ?? '',
        release: attributes['release'] ?? '',
      });
      break;
    default:
  }
}

function emptyUpdate(): Update {
  return { id: '', title: '', severity: '', issued: '', updated: '', cves: new Set(), packages: [] };
}
