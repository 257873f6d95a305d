import { describe, expect, it } from '@jest/globals';
import type { Log, Run } from 'sarif';
import { sarif } from '../../../../lambda/report/formats/sarif/index.ts';
import { applyFilters, type ImageReport } from '../../../../lambda/report/index.ts';
import { hostileReport, largeReport } from '../../../support/hostile-report.ts';
import { cleanReport, fullReport, sampleFinding, samplePackage } from '../../../support/sample-report.ts';
import { sarifErrors } from '../../../support/sarif-schema.ts';

type Finding = ImageReport['findings'][number];
type Level = Finding['severity']['level'];

function runsOf(...reports: readonly ImageReport[]): Run[] {
  return (JSON.parse(sarif.render(reports)) as Log).runs;
}

function resultOf(run: Run | undefined, id: string) {
  return run?.results?.find(({ ruleId }) => ruleId === id);
}

function rated(level: Level, score?: number): Finding['severity'] {
  return { source: 's', level, all: [], ...(score === undefined ? {} : { score }) };
}

describe('report/formats/sarif', () => {
  it.each([
    ['a full report', [fullReport()]],
    ['a clean report', [cleanReport()]],
    ['a filtered report', [applyFilters(fullReport(), { severities: [] })]],
    ['two platforms', [fullReport(), cleanReport()]],
    ['hostile text', [hostileReport()]],
    ['many findings', [largeReport(500)]],
    ['no report', []],
  ])('is valid by the schema of 2.1.0: %s', (_, reports) => {
    expect(sarifErrors(JSON.parse(sarif.render(reports)))).toEqual([]);
  });

  it('has one run for each platform, told apart by its category', () => {
    const arm64 = cleanReport({
      image: { ...cleanReport().image, platform: { os: 'linux', architecture: 'arm64' } },
    });

    expect(runsOf(cleanReport(), arm64).map(({ automationDetails }) => automationDetails?.id)).toEqual([
      'backline/registry.example.com:5000/team/app:1.4/linux/amd64/',
      'backline/registry.example.com:5000/team/app:1.4/linux/arm64/',
    ]);
  });

  it('has one rule for each id, which its results point at', () => {
    const packages = ['libssl3', 'openssl'].map((name) => samplePackage({ name }));
    const findings = packages.map((pkg) => sampleFinding(pkg));

    const [run] = runsOf(cleanReport({ packages, findings: [...fullReport().findings, ...findings] }));
    const rules = run?.tool.driver.rules ?? [];

    expect(rules.map(({ id }) => id)).toEqual([...new Set(run?.results?.map(({ ruleId }) => ruleId))]);
    for (const { ruleId, ruleIndex } of run?.results ?? []) expect(rules[ruleIndex ?? -1]?.id).toBe(ruleId);
  });

  it.each<[Level, number | undefined, string, string | undefined]>([
    ['critical', 9.8, 'error', '9.8'],
    ['high', 7.5, 'error', '7.5'],
    ['high', undefined, 'error', '8.0'],
    ['medium', 5.5, 'warning', '5.5'],
    // A vendor that rates lower than the score it passes on: the page must show the vendor's level.
    ['low', 9.8, 'note', '2.0'],
    ['negligible', 7.5, 'note', '0.1'],
    ['unknown', undefined, 'warning', undefined],
    ['unknown', 9.8, 'warning', undefined],
  ])('rates %s with score %s as %s and %s', (level, score, expected, securitySeverity) => {
    const pkg = samplePackage();
    const [run] = runsOf(
      cleanReport({ packages: [pkg], findings: [sampleFinding(pkg, { severity: rated(level, score) })] }),
    );

    expect(run?.results?.[0]?.level).toBe(expected);
    expect(run?.tool.driver.rules?.[0]?.properties?.['security-severity']).toBe(securitySeverity);
  });

  it('takes malware for an error that is as grave as can be', () => {
    const [run] = runsOf(fullReport());

    expect(resultOf(run, 'MAL-2024-1234')).toMatchObject({
      level: 'error',
      message: { text: 'evil-pkg 1.0.0 is malware (MAL-2024-1234)' },
    });
    expect(run?.tool.driver.rules?.[0]?.properties).toMatchObject({ 'security-severity': '9.5' });
  });

  it('locates a finding in the image and says what mends it', () => {
    const [run] = runsOf(fullReport());

    expect(resultOf(run, 'CVE-2021-44228')).toMatchObject({
      message: {
        text: 'org.apache.logging.log4j:log4j-core 2.14.1 is affected by CVE-2021-44228: mended in 2.15.0',
      },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'srv/app.jar!/BOOT-INF/lib/log4j-core-2.14.1.jar', uriBaseId: 'IMAGE' },
          },
          logicalLocations: [{ fullyQualifiedName: 'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1' }],
        },
      ],
    });
  });

  it.each([
    ['../../etc/passwd', '_/_/etc/passwd'],
    ['a b/%2e%2e/ü', 'a%20b/%252e%252e/%C3%BC'],
    ['c:/windows', 'c%3A/windows'],
    ['\ud800', '%EF%BF%BD'],
  ])('writes the path %j as a reference below the image', (path, uri) => {
    const pkg = samplePackage({ locations: [{ path, layer: 0 }] });
    const [run] = runsOf(cleanReport({ packages: [pkg], findings: [sampleFinding(pkg)] }));

    expect(run?.results?.[0]?.locations?.[0]?.physicalLocation?.artifactLocation?.uri).toBe(uri);
  });

  it('gives a finding the same fingerprint in the next version of a package, and every finding its own', () => {
    const old = samplePackage({ version: '1.0' });
    const updated = samplePackage({ version: '1.1' });
    const printsOf = (...packages: ImageReport['packages']): (string | undefined)[] => {
      const [run] = runsOf(cleanReport({ packages, findings: packages.map((pkg) => sampleFinding(pkg)) }));
      return (
        run?.results?.map(({ partialFingerprints }) => partialFingerprints?.['primaryLocationLineHash']) ?? []
      );
    };

    expect(printsOf(updated)).toEqual(printsOf(old));
    expect(new Set(printsOf(old, updated, samplePackage({ name: 'other' }))).size).toBe(3);
  });

  it('marks suppressed findings, with the reason', () => {
    const [run] = runsOf(fullReport());

    expect(resultOf(run, 'GHSA-2222-3333-4444')?.suppressions).toEqual([
      { kind: 'external', justification: 'vouched for by deb/express' },
    ]);
    expect(run?.results?.filter(({ suppressions }) => suppressions !== undefined)).toHaveLength(1);
  });

  it('notifies of gaps in coverage, and has not succeeded when nothing was covered', () => {
    const [partial] = runsOf(fullReport());
    const [nothing] = runsOf(cleanReport({ coverage: [{ subject: 'image', name: 'app', outcome: 'none' }] }));

    expect(partial?.invocations?.[0]).toMatchObject({
      executionSuccessful: true,
      toolExecutionNotifications: [
        { level: 'error', descriptor: { id: 'coverage/feed-missing' } },
        { level: 'warning', descriptor: { id: 'coverage/truncated' } },
      ],
    });
    expect(nothing?.invocations?.[0]?.executionSuccessful).toBe(false);
  });

  it('leaves no markup of an advisory in the help', () => {
    const [run] = runsOf(hostileReport());
    const help = run?.tool.driver.rules?.map((rule) => rule.help?.markdown ?? '').join('\n') ?? '';

    expect(help).not.toMatch(/(?<!\\)<script|(?<!\\)\]\(javascript/);
  });
});
