import type { AdvisorySeverity } from './advisory.ts';
import { cvssScore, levelOfScore } from './cvss.ts';
import type { Finding, SeverityLevel } from './finding.ts';

/** What one advisory says of the severity: its own words and vectors, and the state that some sources give instead. */
export type RatedSource = {
  readonly source: string;
  readonly severities: readonly AdvisorySeverity[];
  readonly state?: string;
};

type Severity = Finding['severity'];
type Score = Severity['all'][number];

/** Words of the sources' own scales. Amazon and Red Hat say important and moderate; Debian unimportant. */
const LEVEL_OF_WORD: Readonly<Record<string, SeverityLevel>> = {
  critical: 'critical',
  important: 'high',
  high: 'high',
  moderate: 'medium',
  medium: 'medium',
  low: 'low',
  negligible: 'negligible',
  unimportant: 'negligible',
  none: 'negligible',
};

/** Most telling first: matching.md leaves the order open; docs/decisions.md records the newest version first. */
const VERSION_ORDER = ['4.0', '3.1', '3.0', '2.0'];

/** The level that a word of a vendor's scale stands for; undefined for words that rate nothing (`not yet assigned`). */
export function levelOfWord(word: string): SeverityLevel | undefined {
  // Debian marks urgencies set by hand with one or two stars: `high**`.
  const plain = word.toLowerCase().replaceAll('*', '').trim();
  return Object.hasOwn(LEVEL_OF_WORD, plain) ? LEVEL_OF_WORD[plain] : undefined;
}

/**
 * The severity of a finding from the advisories that make it, nearest source first: the first vendor word decides, else
 * the first source with a readable CVSS vector, by its newest version. `all` keeps everything that was said; vectors that
 * cannot be read are kept with level `unknown`. Nothing known gives level `unknown` and the nearest source's name.
 */
export function chooseSeverity(sources: readonly RatedSource[]): Severity {
  const rated = sources.map((source) => ({ source: source.source, scores: scoresOf(source) }));
  const all = unique(rated.flatMap(({ scores }) => scores));
  for (const { source, scores } of rated) {
    const word = scores.find(isWord);
    if (word === undefined) continue;
    // The word of the vendor with the figures of the same record beside it: people sort by figures.
    const figures = best(scores);
    return { source, level: word.level, ...scoreAndVector(figures), all };
  }
  for (const { scores } of rated) {
    const chosen = best(scores);
    if (chosen !== undefined) return { ...chosen, all };
  }
  return { source: sources[0]?.source ?? 'none', level: 'unknown', all };
}

function scoresOf({ source, severities, state }: RatedSource): Score[] {
  const words = severities.filter((severity) => severity.type === 'vendor').map((severity) => severity.value);
  const vectors = severities
    .filter((severity) => severity.type !== 'vendor')
    .map((severity) => severity.value);
  return [
    ...[...words, ...(state === undefined ? [] : [state])].flatMap((word) => wordScore(source, word)),
    ...vectors.map((vector) => vectorScore(source, vector)),
  ];
}

function wordScore(source: string, word: string): Score[] {
  const level = levelOfWord(word);
  return level === undefined ? [] : [{ source, level }];
}

function vectorScore(source: string, vector: string): Score {
  const computed = cvssScore(vector);
  if (computed === undefined) return { source, level: 'unknown', vector };
  return { source, level: levelOfScore(computed), score: computed.score, vector };
}

function isWord(score: Score): boolean {
  return score.vector === undefined;
}

function best(scores: readonly Score[]): Score | undefined {
  const readable = scores.filter((score) => score.score !== undefined);
  return readable.toSorted((a, b) => rank(a) - rank(b))[0];
}

function rank({ vector = '' }: Score): number {
  const version = vector.startsWith('CVSS:') ? vector.slice(5, 8) : '2.0';
  return VERSION_ORDER.indexOf(version);
}

function scoreAndVector(figures: Score | undefined): { score?: number; vector?: string } {
  return {
    ...(figures?.score === undefined ? {} : { score: figures.score }),
    ...(figures?.vector === undefined ? {} : { vector: figures.vector }),
  };
}

function unique(scores: readonly Score[]): Score[] {
  const seen = new Map(
    scores.map((score) => [`${score.source} ${score.level} ${score.vector ?? ''}`, score]),
  );
  return [...seen.values()];
}
