import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { formatById, type ImageReport, REPORT_FORMATS } from '../../../../lambda/report/index.ts';
import { hostileReport, largeReport } from '../../../support/hostile-report.ts';
import { cleanReport, fullReport } from '../../../support/sample-report.ts';

const PLAIN = { color: false, width: Infinity };
/** All that a terminal or a browser might obey, but for the line breaks of the format itself. */
// oxlint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
const folder = join(import.meta.dirname, '..', '..', '..', '..', 'lambda', 'report', 'formats');

describe('report/formats', () => {
  it('lists every folder, and nothing else, under its name', () => {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());

    expect(REPORT_FORMATS.map(({ id }) => id).sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  it.each(REPORT_FORMATS.map((format) => [format.id, format] as const))(
    'finds %s by its id',
    (id, format) => {
      expect(formatById(id)).toBe(format);
      expect(format.title.length).toBeGreaterThan(5);
      expect(format.mediaType).toMatch(/^[a-z]+\/[a-z.+-]+/);
    },
  );

  it.each(['', 'xml', '__proto__', 'constructor'])('knows no format %j', (id) => {
    expect(formatById(id)).toBeUndefined();
  });

  describe.each(REPORT_FORMATS.map((format) => [format.id, format] as const))('%s', (_, format) => {
    it('gives the same text for the same reports, ending in a line break', () => {
      const first = format.render([fullReport(), cleanReport()], PLAIN);

      expect(format.render([fullReport(), cleanReport()], PLAIN)).toBe(first);
      expect(first.endsWith('\n')).toBe(true);
    });

    it('leaves nothing of hostile text that a display would obey', () => {
      const text = format.render([hostileReport()], PLAIN);

      expect(OBEYED.exec(text)?.[0]).toBeUndefined();
      expect(text.isWellFormed()).toBe(true);
      expect(text).toContain('ordinary');
    });

    it('says what was not covered, and what filters hide', () => {
      const report: ImageReport = {
        ...cleanReport(),
        hidden: { severity: 41, unfixed: 0 },
        coverage: [
          {
            subject: 'feed',
            name: 'Maven',
            outcome: 'none',
            reason: 'feed-missing',
            detail: 'nothing on it',
          },
        ],
      };

      const text = format.render([report], PLAIN);

      expect(text).toContain('feed-missing');
      expect(text).toContain('nothing on it');
      expect(text).toContain('41');
    });

    it('writes a document for no report at all', () => {
      expect(format.render([], PLAIN)).toMatch(/\S/);
    });

    it('writes 10,000 findings', () => {
      const text = format.render([largeReport(10_000)], PLAIN);

      expect(text).toContain('CVE-2024-10000');
      expect(text).toContain('CVE-2024-19999');
    });
  });
});
