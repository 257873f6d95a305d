import { describe, expect, it } from '@jest/globals';
import { parseRecordIndex } from '../../../../../lambda/vulnerabilities/sources/osv/index.ts';
import { codeOf } from '../../../../support/code-of.ts';

describe('vulnerabilities/sources/osv/record-index', () => {
  it('gives the date of each record, whatever its id looks like', () => {
    const text = [
      '2025-02-16T11:19:04.364665Z,ALPINE-CVE-2024-26256',
      '2025-02-18T10:02:45Z,RHSA-2025:1613',
      '2026-08-19T17:25:00.000Z,DRUPAL-CONTRIB-2026-102\r',
      '',
    ].join('\n');

    expect([...parseRecordIndex(text)]).toEqual([
      ['ALPINE-CVE-2024-26256', '2025-02-16T11:19:04.364665Z'],
      ['RHSA-2025:1613', '2025-02-18T10:02:45Z'],
      ['DRUPAL-CONTRIB-2026-102', '2026-08-19T17:25:00.000Z'],
    ]);
  });

  it.each([
    ['no line', ''],
    ['a web page', '<!doctype html>\n<p>no</p>'],
    ['a cut-off line', '2025-02-18T10:02:45Z,RHSA-2025:1613\n2025-02-18T1'],
    ['an id that is a path', '2025-02-18T10:02:45Z,../../etc/passwd'],
    ['an id of dots', '2025-02-18T10:02:45Z,..'],
    ['a line without a date', 'RHSA-2025:1613,2025-02-18T10:02:45Z'],
  ])('fails on %s', async (_case, text) => {
    expect(await codeOf(() => parseRecordIndex(text))).toBe('feed-malformed');
  });
});
