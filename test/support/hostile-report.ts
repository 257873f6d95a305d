import type { ImageReport } from '../../lambda/report/index.ts';
import { fullReport, sampleFinding, samplePackage } from './sample-report.ts';

/** What an image may hold to forge a display or break a parser; `ordinary` follows in every text, to find it again. */
export const HOSTILE_TEXTS = [
  '\u001b[2J\u001b]0;owned\u0007 ordinary',
  'a\nCVE-2000-0001  critical forged row\r\n ordinary',
  '<script>alert(1)</script><img src=x onerror=alert(1)> ordinary',
  '"\' onmouseover=alert(1) x=" ordinary',
  '\u202egnp.exe\u2066\u200b ordinary',
  '\u009b31m C1 \u0085 ordinary',
  '\ud800 lone surrogate \udc00 ordinary',
  '__proto__',
  'constructor',
  '=HYPERLINK("http://x") ordinary',
  '../../../../etc/passwd',
  '`](javascript:alert(1)) **bold** | cell ordinary',
  '漢字とカナ ordinary',
  `${'long'.repeat(5000)} ordinary`,
  '',
] as const;

/** A report in which every text that an image decides on is hostile. */
export function hostileReport(): ImageReport {
  const packages = HOSTILE_TEXTS.map((text, index) =>
    samplePackage({
      purl: `pkg:npm/p${index}@1?x=${encodeURIComponent(text.toWellFormed())}`,
      type: 'npm',
      name: text,
      version: text,
      source: { name: text, version: text },
      module: text,
      vendor: text,
      licenses: [text, `MIT ${text}`, 'MIT', `(${text})`],
      locations: [{ path: `${text}/node_modules/${text}/package.json`, layer: 1 }],
    }),
  );
  const base = fullReport();
  return {
    ...base,
    image: {
      ...base.image,
      name: HOSTILE_TEXTS[0],
      reference: HOSTILE_TEXTS[2],
      created: HOSTILE_TEXTS[1],
      platform: { os: HOSTILE_TEXTS[4], architecture: HOSTILE_TEXTS[5], variant: HOSTILE_TEXTS[6] },
    },
    distro: {
      id: HOSTILE_TEXTS[2],
      version: HOSTILE_TEXTS[0],
      prettyName: HOSTILE_TEXTS[2],
      idLike: [],
      repositories: [],
    },
    layers: base.layers.map((layer, index) => ({
      ...layer,
      createdBy: HOSTILE_TEXTS[index] ?? '',
      createdAt: HOSTILE_TEXTS[2],
    })),
    packages,
    findings: packages.flatMap((pkg, index) => [
      sampleFinding(pkg, {
        id: `CVE-2024-${10000 + index}`,
        title: pkg.name,
        fixedVersions: [pkg.name],
        minimalFix: pkg.name,
        published: pkg.name,
        aliases: [pkg.name],
        cwes: [pkg.name],
        advisories: [{ id: pkg.name, source: pkg.name, url: `javascript:${pkg.name}` }],
        severity: {
          source: pkg.name,
          level: 'high',
          vector: pkg.name,
          all: [{ source: pkg.name, level: 'low', vector: pkg.name }],
        },
      }),
      sampleFinding(pkg, { id: pkg.name, suppressedBy: pkg.name }),
    ]),
    coverage: HOSTILE_TEXTS.map((text) => ({
      subject: 'file',
      name: text,
      outcome: 'partial',
      reason: 'malformed',
      detail: text,
    })),
  };
}

/** A report with this many findings, in a tenth as many packages. */
export function largeReport(findings: number): ImageReport {
  const packages = Array.from({ length: Math.ceil(findings / 10) }, (_, index) =>
    samplePackage({ name: `lib${index}` }),
  );
  return fullReport({
    packages,
    findings: Array.from({ length: findings }, (_, index) =>
      sampleFinding(packages[index % packages.length] ?? samplePackage(), {
        id: `CVE-2024-${10000 + index}`,
      }),
    ),
  });
}
