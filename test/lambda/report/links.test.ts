import { describe, expect, it } from '@jest/globals';
import { findingUrl, isWebUrl, vulnerabilityUrl } from '../../../lambda/report/links.ts';
import { sampleFinding, samplePackage } from '../../support/sample-report.ts';

describe('report/links', () => {
  it.each([
    ['CVE-2021-44228', 'https://nvd.nist.gov/vuln/detail/CVE-2021-44228'],
    ['GHSA-jfh8-c2jp-5v3q', 'https://github.com/advisories/GHSA-jfh8-c2jp-5v3q'],
    ['ALAS-2024-1', 'https://osv.dev/vulnerability/ALAS-2024-1'],
    ['CVE-2021-1/../x', 'https://osv.dev/vulnerability/CVE-2021-1%2F..%2Fx'],
    ['\ud800"><script>', 'https://osv.dev/vulnerability/%EF%BF%BD%22%3E%3Cscript%3E'],
  ])('finds the page of %s', (id, url) => {
    expect(vulnerabilityUrl(id)).toBe(url);
  });

  it.each([
    ['https://example.org/a?b=c#d', true],
    ['http://example.org', true],
    ['javascript:alert(1)', false],
    ['https://example.org/"><script>', false],
    ['https://example.org/a b', false],
    ['https://', false],
    ['//example.org', false],
    [undefined, false],
  ])('%s is fit for a link: %s', (url, expected) => {
    expect(isWebUrl(url)).toBe(expected);
  });

  it("takes the source's own page for the id, unless it is no page", () => {
    const stated = (url: string) =>
      sampleFinding(samplePackage(), { id: 'ALAS-1', advisories: [{ id: 'ALAS-1', source: 'amazon', url }] });

    expect(findingUrl(stated('https://alas.aws.amazon.com/ALAS-1.html'))).toBe(
      'https://alas.aws.amazon.com/ALAS-1.html',
    );
    expect(findingUrl(stated('javascript:alert(1)'))).toBe('https://osv.dev/vulnerability/ALAS-1');
  });
});
