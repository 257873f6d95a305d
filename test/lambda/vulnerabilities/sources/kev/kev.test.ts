import { describe, expect, it } from '@jest/globals';
import { parseKev } from '../../../../../lambda/vulnerabilities/sources/kev/index.ts';
import { codeOf } from '../../../../support/code-of.ts';

// An entry of the catalog of 2026-08-07.
const entry = {
  cveID: 'CVE-2026-8037',
  vendorProject: 'Progress',
  product: 'LoadMaster',
  dateAdded: '2026-08-07',
  dueDate: '2026-08-10',
  knownRansomwareCampaignUse: 'Unknown',
};

function catalog(...vulnerabilities: unknown[]): string {
  return JSON.stringify({ dateReleased: '2026-08-07T16:45:47.0648Z', count: 1, vulnerabilities });
}

describe('vulnerabilities/sources/kev', () => {
  it('reads the entries and the date of the catalog', () => {
    const second = { cveID: 'CVE-2021-44228', dateAdded: '2021-12-10', knownRansomwareCampaignUse: 'Known' };

    expect(parseKev(catalog(entry, second))).toEqual({
      date: '2026-08-07T16:45:47.0648Z',
      entries: [
        { cve: 'CVE-2026-8037', dateAdded: '2026-08-07', dueDate: '2026-08-10', ransomware: false },
        { cve: 'CVE-2021-44228', dateAdded: '2021-12-10', ransomware: true },
      ],
      badEntries: 0,
    });
  });

  it.each([
    { ...entry, cveID: 'not a CVE' },
    { ...entry, dateAdded: 'yesterday' },
    { ...entry, dateAdded: undefined },
    null,
    'CVE-2021-44228',
  ])('counts the entry %j and leaves it out', (bad) => {
    expect(parseKev(catalog(bad, entry))).toMatchObject({
      badEntries: 1,
      entries: [{ cve: 'CVE-2026-8037' }],
    });
  });

  it.each([
    ['is cut off', catalog(entry).slice(0, -5)],
    ['has no entries', catalog()],
    ['is another document', '{"title":"x"}'],
  ])('fails when the catalog %s', async (_case, text) => {
    expect(await codeOf(() => parseKev(text))).toBe('feed-malformed');
  });
});
