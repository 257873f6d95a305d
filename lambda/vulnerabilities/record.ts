import type { Advisory, AdvisorySeverity, AffectedPackage } from './advisory.ts';

/** What a source says in one record: facts once, and every package it names. `Advisory` is one package's view of it. */
export type AdvisoryRecord = Omit<Advisory, 'affected'> & { readonly affected: readonly AffectedEntry[] };

export type AffectedEntry = {
  readonly package: AffectedPackage;
  /** Severities that hold for this package only; those of the record come after them. */
  readonly severities: readonly AdvisorySeverity[];
};

/** The record as the matcher sees it: one advisory per affected package. */
export function advisoriesOf(record: AdvisoryRecord): readonly Advisory[] {
  const { affected, ...facts } = record;
  return affected.map((entry) => advisoryOf(facts, entry));
}

function advisoryOf(facts: Omit<Advisory, 'affected'>, entry: AffectedEntry): Advisory {
  return { ...facts, severities: [...entry.severities, ...facts.severities], affected: entry.package };
}
