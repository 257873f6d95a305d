import { describe, expect, it } from '@jest/globals';
import { DAY_MS, HOUR_MS, MINUTE_MS, MiB } from '../../../lambda/shared/units.ts';
import type { DatabaseStatus, UpdateSummary } from '../../../lambda/vulnerabilities/index.ts';
import { ageText, failureText, statusText, updateText } from '../../../scripts/cli/db-text.ts';

const NOTHING: UpdateSummary = { updated: [], unchanged: [], absent: [], failures: [], bytesDownloaded: 0 };
const FAILURE = { source: 'kev', code: 'feed-unreachable', detail: 'no \u001b[2J answer', retryable: true };

describe('scripts/cli/db-text', () => {
  it('says of an update what it brought', () => {
    const summary: UpdateSummary = {
      ...NOTHING,
      updated: [
        {
          source: 'osv:npm',
          shards: ['npm'],
          packages: [{ ecosystem: 'npm', names: 'all' }],
          records: { added: 1, changed: 0, removed: 0 },
        },
        {
          source: 'osv:Debian',
          shards: ['Debian-12', 'Debian-13'],
          packages: [
            { ecosystem: 'Debian:12', names: ['openssl', 'tar'] },
            { ecosystem: 'Debian:13', names: ['tar'] },
          ],
          records: { added: 3, changed: 2, removed: 1 },
        },
        {
          source: 'epss',
          shards: ['epss'],
          packages: [],
          records: { added: 0, changed: 0, removed: 0 },
        },
      ],
      unchanged: ['osv:Go', 'osv:PyPI'],
      absent: ['amazon:1'],
      failures: [FAILURE],
      bytesDownloaded: 2 * MiB,
    };

    expect(updateText(summary).split('\n')).toEqual([
      'osv:npm: 1 record added, 1 file written',
      'osv:Debian: 3 records added, 2 changed, 1 gone, 2 files written, 3 packages touched',
      'epss: new',
      'unchanged: osv:Go, osv:PyPI',
      'not in the mirror: amazon:1',
      'FAILED kev: no \\u001b[2J answer [feed-unreachable]',
      '2.0 MiB fetched',
      '',
    ]);
  });

  it.each<[string, UpdateSummary, string | undefined]>([
    ['nothing failed', { ...NOTHING, unchanged: ['kev'] }, undefined],
    [
      'a feed failed for now',
      { ...NOTHING, unchanged: ['epss'], failures: [FAILURE] },
      '1 of 2 feeds could not be updated and stay as they were; trying again may help',
    ],
    [
      'the only feed failed for good',
      { ...NOTHING, failures: [{ ...FAILURE, retryable: false }] },
      '1 of 1 feed could not be updated and stay as they were',
    ],
  ])('says in one sentence that %s', (_what, summary, expected) => {
    expect(failureText(summary)).toBe(expected);
  });

  it.each<[string, DatabaseStatus, RegExp]>([
    ['there is none', { state: 'missing' }, /^no advisory database in \/db: run backline db update\n$/],
    [
      'it cannot be used',
      { state: 'invalid', detail: 'no \u001b[2J manifest' },
      /^the advisory database in \/db cannot be used: no \\u001b\[2J manifest; run backline db update\n$/,
    ],
  ])('says that %s, and what to do', (_what, status, expected) => {
    expect(statusText(status, '/db')).toMatch(expected);
  });

  it('lists the feeds in columns, and what is damaged', () => {
    const problems = { count: 0, examples: [] };
    const source = { checkedAt: '2025-01-01T00:00:00Z', ageMs: 3 * DAY_MS, shards: [], problems };
    const status = {
      state: 'present',
      builtAt: '2025-03-01T10:20:30.123Z',
      bytes: 3 * MiB,
      sources: [
        { ...source, id: 'epss', records: 360_142, newest: '2025-02-28' },
        {
          ...source,
          id: 'osv:Debian',
          records: 7,
          newest: '2025-02-28T01:02:03.456Z',
          problems: { ...problems, count: 2 },
        },
        { ...source, id: 'kev', records: 12 },
      ],
      damaged: ['Debian-12-0123456789abcdef.sqlite'],
    } as unknown as DatabaseStatus;

    expect(statusText(status, '/db').split('\n')).toEqual([
      '/db: 3.0 MiB, last change 2025-03-01 10:20 UTC',
      '',
      'SOURCE      RECORDS  NEWEST      CHECKED',
      'epss         360142  2025-02-28  3 days ago',
      'osv:Debian        7  2025-02-28  3 days ago  2 records not taken whole',
      'kev              12  unknown     3 days ago',
      '',
      'DAMAGED Debian-12-0123456789abcdef.sqlite: run backline db update',
      '',
    ]);
  });

  it.each([
    [0, 'just now'],
    [2 * MINUTE_MS - 1, 'just now'],
    [2 * MINUTE_MS, '2 minutes ago'],
    [2 * HOUR_MS - 1, '119 minutes ago'],
    [2 * HOUR_MS, '2 hours ago'],
    [2 * DAY_MS - 1, '47 hours ago'],
    [2 * DAY_MS, '2 days ago'],
    [-DAY_MS, 'just now'],
  ])('calls %i ms "%s"', (ms, expected) => {
    expect(ageText(ms)).toBe(expected);
  });
});
