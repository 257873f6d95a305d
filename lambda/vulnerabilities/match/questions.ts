import type { AdvisoryLookup } from '../lookup.ts';

/** What a matcher asked the advisories: when none of it is answered otherwise, neither is the result. */
export type Question = { readonly ecosystem: string; readonly name: string };

/** Before the artifact id, where names of Maven were asked for by it alone. */
const BY_ARTIFACT = ':';

/** Whether there are advisories of an ecosystem at all: answered otherwise when it is new to the database. */
export function questionOfAll(ecosystem: string): Question {
  // No package has this name.
  return { ecosystem, name: '*' };
}

/** The same lookup, and what it is asked from now on, each question once. Facts of exploitation are not counted. */
export function noteQuestions(lookup: AdvisoryLookup): {
  readonly lookup: AdvisoryLookup;
  readonly questions: () => readonly Question[];
} {
  const asked = new Map<string, Question>();
  const note = (ecosystem: string, name: string): void => {
    for (const question of [{ ecosystem, name }, questionOfAll(ecosystem)]) {
      asked.set(`${ecosystem}\0${question.name}`, question);
    }
  };
  return {
    lookup: {
      ecosystems: () => lookup.ecosystems(),
      advisories: (ecosystem, name) => {
        note(ecosystem, name);
        return lookup.advisories(ecosystem, name);
      },
      namesOf: (ecosystem, artifact) => {
        note(ecosystem, `${BY_ARTIFACT}${artifact}`);
        return lookup.namesOf?.(ecosystem, artifact) ?? [];
      },
      exploitation: (cve) => lookup.exploitation(cve),
    },
    questions: () => [...asked.values()],
  };
}

/** The questions that are answered otherwise when the advisories of this name change. */
export function questionsAbout(ecosystem: string, name: string): readonly Question[] {
  const artifact = ecosystem === 'Maven' ? name.slice(name.lastIndexOf(':') + 1) : undefined;
  return [
    { ecosystem, name },
    ...(artifact === undefined ? [] : [{ ecosystem, name: `${BY_ARTIFACT}${artifact}` }]),
  ];
}
