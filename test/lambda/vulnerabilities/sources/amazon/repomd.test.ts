import { describe, expect, it } from '@jest/globals';
import { parseRepomd } from '../../../../../lambda/vulnerabilities/sources/amazon/index.ts';
import { codeOf } from '../../../../support/code-of.ts';

const SHA256 = '1c96f385839fdff84875166e0dce98e8496375557462a3fd591f65772dddf4b2';

function repomd(href: string, checksum = SHA256, type = 'sha256'): string {
  return `<?xml version="1.0"?><repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>1</revision>
    <data type="primary"><checksum type="sha256">${'0'.repeat(64)}</checksum><location href="repodata/primary.xml.gz"/></data>
    <data type="updateinfo"><checksum type="${type}">${checksum}</checksum><open-checksum type="sha256">${'1'.repeat(64)}</open-checksum>
    <location href="${href}"/></data></repomd>`;
}

describe('vulnerabilities/sources/amazon/repomd', () => {
  it('names the updateinfo and the hash of its compressed bytes', () => {
    expect(parseRepomd(repomd('repodata/updateinfo.xml.gz'))).toEqual({
      href: 'repodata/updateinfo.xml.gz',
      sha256: SHA256,
    });
  });

  it('gives nothing for a repository without advisories', () => {
    expect(parseRepomd('<repomd><data type="primary"><location href="x"/></data></repomd>')).toBeUndefined();
  });

  it.each([
    ['leads out of the repository', repomd('../../secret.xml')],
    ['is an address', repomd('https://elsewhere.example.com/x.xml.gz')],
    ['is absolute', repomd('/etc/passwd')],
    ['hides dots in the middle', repomd('repodata/../../x')],
    ['has a hash of another kind', repomd('repodata/x.xml.gz', SHA256, 'sha1')],
    ['has no usable hash', repomd('repodata/x.xml.gz', 'abc')],
    ['is cut off', repomd('repodata/x.xml.gz').slice(0, -12)],
  ])('fails when the location %s', async (_case, text) => {
    expect(await codeOf(() => parseRepomd(text))).toBe('feed-malformed');
  });
});
