import type { Advisory } from '../advisory.ts';
import type { AdvisoryLookup } from '../lookup.ts';

/** A lookup that asks the database once for each name: the packages of one source share its advisories. */
export function rememberAnswers(lookup: AdvisoryLookup): AdvisoryLookup {
  const answers = new Map<string, readonly Advisory[] | undefined>();
  return {
    ecosystems: () => lookup.ecosystems(),
    namesOf: (ecosystem, artifact) => lookup.namesOf?.(ecosystem, artifact) ?? [],
    exploitation: (cve) => lookup.exploitation(cve),
    advisories: (ecosystem, name) => {
      const key = `${ecosystem}\n${name}`;
      if (!answers.has(key)) answers.set(key, lookup.advisories(ecosystem, name));
      return answers.get(key);
    },
  };
}
