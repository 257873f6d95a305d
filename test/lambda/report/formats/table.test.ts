import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import stringWidth from 'string-width';
import { table } from '../../../../lambda/report/formats/table/index.ts';
import { applyFilters, type ImageReport } from '../../../../lambda/report/index.ts';
import { hostileReport } from '../../../support/hostile-report.ts';
import { cleanReport, fullReport, sampleFinding, samplePackage } from '../../../support/sample-report.ts';

const render = (report: ImageReport, width = Infinity): string =>
  table.render([report], { color: false, width });
const lines = (text: string): string[] => text.split('\n');
const words = (line: string | undefined): string[] => (line ?? '').trim().split(/ {2,}/);

describe('report/formats/table', () => {
  it('lists findings by target, malware first, with what is needed to act on them', () => {
    const text = lines(render(fullReport()));
    const titles = text.filter((line) => / \((?:npm|dpkg|maven)\): /.test(line));

    expect(titles).toEqual([
      'MALWARE in app/node_modules (npm): 1 to remove',
      'debian 12 (dpkg): 2 (1 medium, 1 negligible)',
      'srv/app.jar (maven): 1 (1 critical)',
    ]);
    expect(words(text.find((line) => line.includes('CVE-2021-44228')))).toEqual([
      'CVE-2021-44228',
      'critical KEV',
      'org.apache.logging.log4j:log4j-core',
      '2.14.1',
      '2.15.0',
      'fixed',
      '1 RUN /bin/sh -c npm ci',
    ]);
    expect(words(text.find((line) => line.includes('CVE-2023-0001'))).slice(-2)).toEqual([
      'will not fix',
      '0 ADD file:0a1b in /',
    ]);
  });

  it('counts suppressed findings without listing them', () => {
    const text = render(fullReport());

    expect(text).not.toContain('GHSA-2222-3333-4444');
    expect(text).toContain('1 suppressed finding not listed');
    expect(text).toContain('3 findings: 1 critical, 1 medium, 1 negligible');
  });

  it('always says what was covered, what was not and why, and how old the advisories are', () => {
    const text = render(fullReport());

    expect(text).toContain('Coverage: partial');
    expect(text).toContain('layers: 2');
    expect(text).toContain('missing  feed Maven: not covered (feed-missing): the database has nothing on it');
    expect(text).toContain(
      'partial  file srv/broken.jar: covered in part (truncated): ends in the middle of an entry',
    );
    expect(text).toContain('osv:Debian: newest record 2026-11-21T18:00:00Z, fetched 2026-11-22T00:00:00Z');
  });

  it.each<[string, ImageReport, string]>([
    ['all is covered', cleanReport(), 'clean: everything was read and matched'],
    [
      'a file was not read',
      cleanReport({ coverage: fullReport().coverage }),
      'not clean: no findings, but not everything could be read and matched',
    ],
    ['nothing was read', cleanReport({ coverage: [] }), 'not clean: no findings, but nothing could be read'],
    [
      'filters hide what was found',
      applyFilters(cleanReport({ findings: [sampleFinding(samplePackage())] }), { severities: ['critical'] }),
      'not clean: filters hide findings',
    ],
  ])('without findings, when %s, says so', (_, report, sentence) => {
    const found = lines(render(report)).filter((line) => /^(?:not )?clean:/.test(line));

    expect(found).toHaveLength(1);
    expect(found[0]).toContain(sentence);
  });

  it('never calls an image clean in which something was found', () => {
    expect(lines(render(fullReport())).filter((line) => /clean/.test(line))).toEqual([]);
  });

  it('says that no database was used', () => {
    expect(render(cleanReport({ advisories: { feeds: [] } }))).toContain('Advisories: no database was used');
  });

  it('cuts long lists of gaps and says how many it leaves out', () => {
    const coverage = Array.from({ length: 80 }, (_, index) => ({
      subject: 'file' as const,
      name: `f${index}`,
      outcome: 'partial' as const,
    }));

    expect(render(cleanReport({ coverage }))).toContain('and 30 more, all of them in the JSON report');
  });

  it.each([80, 100, 140])(
    'fits findings into %i columns and loses no character of names and versions',
    (width) => {
      const name = 'a-rather-long-package-name/with-many-parts-漢字漢字漢字漢字';
      const pkg = samplePackage({ name });
      const report = cleanReport({ packages: [pkg], findings: [sampleFinding(pkg)] });

      const text = lines(render(report, width));
      const start = text.findIndex((line) => line.includes('SEVERITY'));
      const rows = text.slice(start, text.indexOf('', start));
      const column = stringWidth(rows[0]?.slice(0, rows[0].indexOf('PACKAGE')) ?? '');
      const end = stringWidth(rows[0]?.slice(0, rows[0].indexOf('INSTALLED')) ?? '');

      expect(Math.max(...rows.map((row) => stringWidth(row)))).toBeLessThanOrEqual(width);
      expect(
        rows
          .slice(1)
          .map((row) => cells(row, column, end))
          .join(''),
      ).toBe(name);
    },
  );

  it('forges no row: each finding has its own line whatever its text', () => {
    const rows = lines(render(hostileReport())).filter((line) => /^ {2}CVE-/.test(line));

    expect(rows).toHaveLength(hostileReport().packages.length);
  });

  it('keeps to a line per row on text of any length', () => {
    const text = lines(render(hostileReport(), 100));

    expect(text.length).toBeLessThan(400);
    expect(Math.max(...text.map((line) => line.length))).toBeLessThan(1500);
  });

  it('uses colour only when asked, and changes nothing else by it', () => {
    const plain = render(fullReport());
    const colored = table.render([fullReport()], { color: true, width: Infinity });

    expect(plain).not.toContain('\u001b');
    expect(colored).toContain('\u001b[');
    expect(stripVTControlCharacters(colored)).toBe(plain);
  });

  it('writes one page for each platform', () => {
    const text = table.render([fullReport(), cleanReport()], { color: false, width: Infinity });

    expect(text.match(/^Coverage: /gm)).toHaveLength(2);
    expect(table.render([], { color: false, width: 80 })).toBe('no image was scanned\n');
  });
});

/** What a terminal shows between two columns of a row. */
function cells(row: string, from: number, to: number): string {
  let at = 0;
  let text = '';
  for (const { segment } of new Intl.Segmenter().segment(row)) {
    if (at >= from && at < to) text += segment;
    at += stringWidth(segment);
  }
  return text.trim();
}
