import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SaxesParser } from 'saxes';
import { html } from '../../../../lambda/report/formats/html/index.ts';
import type { ImageReport } from '../../../../lambda/report/index.ts';
import { hostileReport } from '../../../support/hostile-report.ts';
import { cleanReport, fullReport } from '../../../support/sample-report.ts';

type Page = {
  readonly tags: readonly { readonly name: string; readonly attributes: Readonly<Record<string, string>> }[];
  readonly text: string;
};

/** The page as a parser sees it; void elements are closed first, since XML knows none. */
function pageOf(...reports: readonly ImageReport[]): Page {
  const tags: { name: string; attributes: Record<string, string> }[] = [];
  let text = '';
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => tags.push({ name, attributes }));
  parser.on('text', (part) => {
    text += part;
  });
  const source = html
    .render(reports)
    .replace('<!doctype html>', '')
    .replaceAll(/<(?:meta|br)\b[^>]*(?=>)/g, '$&/')
    .replace('<details open>', '<details open="">')
    .replaceAll('<details open>', '<details open="">');
  parser.write(source).close();
  return { tags, text };
}

const ALLOWED = [
  'a b body br code details div footer h1 h2 h3 head header html li meta p section span style summary',
  'table tbody td th thead title tr ul',
]
  .join(' ')
  .split(' ');

describe('report/formats/html', () => {
  it.each([
    ['a full report', [fullReport()]],
    ['a clean report', [cleanReport()]],
    ['two platforms', [fullReport(), cleanReport()]],
    ['hostile text', [hostileReport()]],
    ['no report', []],
  ])('is well formed and has no element but its own: %s', (_, reports) => {
    const { tags } = pageOf(...reports);

    expect(tags.filter(({ name }) => !ALLOWED.includes(name))).toEqual([]);
  });

  it.each([
    ['a full report', fullReport()],
    ['hostile text', hostileReport()],
  ])('loads nothing and runs nothing: %s', (_, report) => {
    const { tags } = pageOf(report);
    const attributes = tags.flatMap((tag) =>
      Object.entries(tag.attributes).map(([name, value]) => [tag.name, name, value]),
    );

    expect(attributes.filter(([, name = '']) => /^on|^src|^style$|^data|^action/.test(name))).toEqual([]);
    expect(attributes.filter(([tag, name]) => name === 'href' && tag !== 'a')).toEqual([]);
    for (const [, name, value] of attributes) if (name === 'href') expect(value).toMatch(/^https?:\/\//);
    expect(html.render([report])).not.toMatch(/@import|url\(/);
  });

  it('allows itself its own style sheet and nothing else', () => {
    const text = html.render([fullReport()]);
    const style = /<style>(?<sheet>[^<]*)<\/style>/.exec(text)?.groups?.['sheet'] ?? '';
    const policy = pageOf(fullReport()).tags.find(
      (tag) => tag.attributes['http-equiv'] === 'Content-Security-Policy',
    );

    expect(style.length).toBeGreaterThan(100);
    expect(policy?.attributes['content']).toBe(
      `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`,
    );
  });

  it('shows markup of an image as text', () => {
    const { text } = pageOf(hostileReport());

    expect(text).toContain('<script>alert(1)</script><img src=x onerror=alert(1)> ordinary');
    expect(text).toContain(`"' onmouseover=alert(1) x=" ordinary`);
  });

  it('shows findings, suppressed ones with the reason, gaps and packages', () => {
    const { text } = pageOf(fullReport());

    for (const fact of [
      'CVE-2021-44228',
      'KEV',
      'srv/app.jar (maven)',
      'vouched for by deb/express',
      'feed-missing',
      'MAL-2024-1234',
      'Apache-2.0 OR MIT',
      'RUN /bin/sh -c npm ci',
      'Not clean: the image holds malware. Not everything could be read and matched.',
    ]) {
      expect(text).toContain(fact);
    }
  });

  it.each<[string, ImageReport, string]>([
    ['all is covered', cleanReport(), 'Clean: everything was read and matched'],
    [
      'a file was not read',
      cleanReport({ coverage: fullReport().coverage }),
      'Not clean: no findings, but see coverage.',
    ],
    [
      'filters hide findings',
      cleanReport({ hidden: { severity: 1, unfixed: 0 } }),
      'Not clean: filters hide findings.',
    ],
  ])('without findings, when %s, says so', (_, report, sentence) => {
    expect(pageOf(report).text).toContain(sentence);
  });
});
