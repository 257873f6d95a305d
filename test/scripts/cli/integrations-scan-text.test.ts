import { describe, expect, it } from '@jest/globals';
import type { ScannedIntegration } from '../../../lambda/scan/index.ts';
import { exitCodeOf, jsonText } from '../../../scripts/cli/integrations-scan-result.ts';
import { type IntegrationScan, scanText } from '../../../scripts/cli/integrations-scan-text.ts';

type Place = ScannedIntegration['images'][number];
type Platform = NonNullable<NonNullable<Place['record']>['platforms']>[number];

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const DISCOVERY = {
  startedAt: '',
  repositories: 1,
  images: 1,
  requested: 1,
  gaps: [],
  moreGaps: 0,
  refused: 0,
};

function place(outcome: Place['outcome']['outcome'], platforms?: readonly Partial<Platform>[]): Place {
  const common = { repository: { host: 'team.azurecr.io', name: 'app' }, tags: [], digest: DIGEST };
  const record = { schemaVersion: 1, status: 'scanned', catalogers: '', since: '' } as const;
  const platform = { platform: 'linux/amd64', outcome: 'complete', byLevel: {}, malware: 0 } as Platform;
  return {
    ...common,
    outcome: { outcome, code: 'layer-corrupt', detail: 'bad \u001b[31mbytes' } as Place['outcome'],
    ...(platforms === undefined
      ? {}
      : { record: { ...record, platforms: platforms.map((one) => ({ ...platform, ...one })) } }),
  };
}

function scanOf(images: readonly Place[], discovery: Partial<ScannedIntegration['discovery']> = {}) {
  const scan: IntegrationScan = { id: 'acr', scanned: { discovery: { ...DISCOVERY, ...discovery }, images } };
  return [scan];
}

describe('scripts/cli/integrations-scan-text', () => {
  it.each<[Place['outcome']['outcome'], RegExp]>([
    ['failed', / {2}failed {2,}bad \\u001b\[31mbytes \[layer-corrupt\]\n[^]* 0 images scanned, 1 failed, /],
    ['busy', / {2}busy\n[^]* 0 images scanned, 1 left out, /],
    ['no-image', / {2}no image\n[^]* 0 images scanned, 1 left out, /],
  ])('shows an image that is %s by its digest', (outcome, pattern) => {
    const text = scanText(scanOf([place(outcome)]));

    expect(text).toMatch(/\nteam\.azurecr\.io\/app@sha256:0123456789ab {2}/);
    expect(text).toMatch(pattern);
    expect(text).not.toContain('\u001b');
  });

  it('shows each platform with its counts', () => {
    const byLevel = { critical: 1, high: 2, medium: 3, low: 4, negligible: 5, unknown: 6 };
    const text = scanText(
      scanOf([
        place('scanned', [
          { byLevel, malware: 7 },
          { platform: 'linux/arm64', outcome: 'partial' },
        ]),
      ]),
    );

    expect(text).toMatch(/ linux\/amd64 +complete +1 +2 +3 +4 +11 +7\n/);
    expect(text).toMatch(/ linux\/arm64 +partial +0 +0 +0 +0 +0 +0 {2}not all of it was read or matched/);
  });

  it('shows what could not be listed, without control characters, and how much more there is', () => {
    const gap = { subject: 'repository', name: 'a\u001bb', reason: 'forbidden', detail: 'no right' } as const;

    expect(scanText(scanOf([], { gaps: [gap], moreGaps: 2, images: 5, requested: 0 }))).toBe(
      'not listed: repository a\\u001bb: no right [forbidden]\nnot listed: 2 more of acr\nacr: 1 repositories, 0 images scanned, 5 known before\n',
    );
  });
});

describe('scripts/cli/integrations-scan-result', () => {
  const gap = { subject: 'region', name: 'x', reason: 'forbidden', detail: '' } as const;
  const high = { byLevel: { high: 1 } };

  it.each<[string, number, Parameters<typeof exitCodeOf>]>([
    ['nothing new', 0, [scanOf([]), undefined, true]],
    ['a finding that nobody asked about', 0, [scanOf([place('scanned', [high])]), undefined, true]],
    ['a finding below the level', 0, [scanOf([place('scanned', [high])]), 'critical', true]],
    ['a finding at the level', 1, [scanOf([place('scanned', [high])]), 'high', true]],
    ['malware', 1, [scanOf([place('scanned', [{ malware: 1 }])]), 'critical', true]],
    ['a finding and a gap', 1, [scanOf([place('scanned', [high])], { gaps: [gap] }), 'low', false]],
    ['a gap', 3, [scanOf([], { gaps: [gap] }), undefined, false]],
    ['a gap that is only counted', 3, [scanOf([], { moreGaps: 1 }), undefined, false]],
    ['a failure', 3, [scanOf([place('failed')]), undefined, false]],
    ['an image that another run holds', 3, [scanOf([place('busy')]), undefined, false]],
    ['what is no container image', 0, [scanOf([place('no-image')]), undefined, true]],
    ['a part', 0, [scanOf([place('scanned', [{ outcome: 'partial' }])]), undefined, false]],
    ['a part, if strict', 3, [scanOf([place('scanned', [{ outcome: 'partial' }])]), undefined, true]],
    ['an unread platform', 3, [scanOf([place('scanned', [{ outcome: 'none' }])]), undefined, false]],
  ])('takes %s for %i', (_what, exitCode, [scans, failOn, strict]) => {
    expect(exitCodeOf(scans, failOn, strict)).toBe(exitCode);
  });

  it('gives images with their outcome and platforms as JSON', () => {
    const scans = scanOf([place('failed')], { images: 3 });

    expect(JSON.parse(jsonText(scans)).integrations).toMatchObject([
      { id: 'acr', knownBefore: 2, images: [{ outcome: 'failed', code: 'layer-corrupt', platforms: [] }] },
    ]);
  });
});
