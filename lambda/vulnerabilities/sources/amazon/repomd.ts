import { SaxesParser } from 'saxes';
import { messageOf } from '../../../shared/errors.ts';
import { AdvisoryError } from '../../errors.ts';

/** Where a repository's `updateinfo` is, and what it must hash to. */
export type UpdateInfoFile = {
  /** Relative to the repository: `repodata/updateinfo.xml.gz`. */
  readonly href: string;
  /** SHA-256 of the compressed file, hex. */
  readonly sha256: string;
};

const SHA256 = /^[0-9a-f]{64}$/;
/** A path of plain names inside the repository. */
const HREF = /^(?!.*(?:^|\/)\.\.?(?:\/|$))[A-Za-z0-9._+-]+(?:\/[A-Za-z0-9._+-]+)*$/;

/**
 * The `updateinfo` entry of a `repomd.xml`; undefined when the repository has no advisories.
 * https://github.com/rpm-software-management/createrepo_c ; fails with `feed-malformed` on anything else.
 */
export function parseRepomd(text: string): UpdateInfoFile | undefined {
  let section = '';
  let checksumType = '';
  let collected = '';
  const found = { href: '', sha256: '' };
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    collected = '';
    if (name === 'data') section = attributes['type'] ?? '';
    if (name === 'checksum') checksumType = attributes['type'] ?? '';
    if (name === 'location' && section === 'updateinfo') found.href = attributes['href'] ?? '';
  });
  parser.on('text', (part) => {
    collected += part;
  });
  parser.on('closetag', ({ name }) => {
    if (name === 'checksum' && section === 'updateinfo' && checksumType === 'sha256')
      found.sha256 = collected.trim();
    if (name === 'data') section = '';
  });
  try {
    parser.write(text).close();
  } catch (error) {
    throw new AdvisoryError('feed-malformed', `repomd.xml cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (found.href === '') return undefined;
  if (!HREF.test(found.href) || !SHA256.test(found.sha256)) {
    throw new AdvisoryError(
      'feed-malformed',
      'repomd.xml names an updateinfo without a usable path and SHA-256',
    );
  }
  return found;
}
