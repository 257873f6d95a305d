import type { ReportingDescriptor } from 'sarif';
import { safeText } from '../../../shared/text.ts';
import type { Finding, SeverityLevel } from '../../../vulnerabilities/index.ts';
import { findingUrl } from '../../links.ts';
import { effectiveLevel } from '../../order.ts';

/** A finding's level where its own score does not lie in it: the middle of what code scanning pages call by that name. */
const REPRESENTATIVE: Readonly<Record<SeverityLevel, number | undefined>> = {
  critical: 9.5,
  high: 8,
  medium: 5.5,
  low: 2,
  negligible: 0.1,
  unknown: undefined,
};

/**
 * The lowest score of each level, as GitHub reads `security-severity`:
 * https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
const BANDS: readonly (readonly [SeverityLevel, number])[] = [
  ['critical', 9],
  ['high', 7],
  ['medium', 4],
  ['low', 0.1],
];

const CWE = /^CWE-\d{1,7}$/;

/** One rule for each id, from its first and gravest finding; `findings` are in order. */
export function rulesOf(findings: readonly Finding[]): ReportingDescriptor[] {
  const first = new Map<string, Finding>();
  for (const finding of findings) if (!first.has(finding.id)) first.set(finding.id, finding);
  return [...first.values()].map(ruleOf);
}

function ruleOf(finding: Finding): ReportingDescriptor {
  const { id, title, aliases, cwes } = finding;
  const level = effectiveLevel(finding);
  const score = securitySeverity(finding);
  const facts = factsOf(finding);
  return {
    id,
    shortDescription: { text: safeText(title ?? `${id} (${finding.class})`) },
    fullDescription: {
      text: safeText([id, ...aliases].join(', ') + (title === undefined ? '' : `: ${title}`)),
    },
    help: {
      text: facts.map(([name, value]) => `${name}: ${value}`).join('\n'),
      markdown: facts.map(([name, value]) => `**${name}**: ${escapeMarkdown(value)}`).join('  \n'),
    },
    helpUri: findingUrl(finding),
    properties: {
      ...(score === undefined ? {} : { 'security-severity': score.toFixed(1) }),
      precision: 'very-high',
      tags: [...new Set(['security', finding.class, level, ...cwes.flatMap(weaknessTag)])],
    },
  };
}

function factsOf(finding: Finding): readonly (readonly [string, string])[] {
  const { severity, published, epss, kev } = finding;
  const facts: (readonly [string, string | undefined])[] = [
    ['Severity', severity.level === 'unknown' ? 'unknown' : `${severity.level}, says ${severity.source}`],
    ['Score', severity.score === undefined ? undefined : String(severity.score)],
    ['Vector', severity.vector],
    ['Aliases', finding.aliases.length === 0 ? undefined : finding.aliases.join(', ')],
    ['Published', published],
    ['Exploited, says CISA', kev?.dateAdded],
    ['EPSS', epss === undefined ? undefined : `${epss.score} (${epss.date})`],
    ['Page', findingUrl(finding)],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, safeText(value)] as const]));
}

/** The score when it stands for the level, else one that does: pages derive the level from it. */
function securitySeverity(finding: Finding): number | undefined {
  const level = effectiveLevel(finding);
  const { score } = finding.severity;
  const band = BANDS.find(([, lowest]) => score !== undefined && score >= lowest)?.[0];
  return band === level ? score : REPRESENTATIVE[level];
}

/** As CodeQL's own rules tag weaknesses, which code scanning pages filter by. */
function weaknessTag(cwe: string): string[] {
  return CWE.test(cwe) ? [`external/cwe/${cwe.toLowerCase()}`] : [];
}

function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()<>#+!|&~]/g, String.raw`\$&`);
}
