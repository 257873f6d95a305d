import type { Advisory } from '../advisory.ts';
import type { AdvisoryLookup } from '../lookup.ts';
import { lookupName } from '../sources/osv/index.ts';
import { evaluate } from './evaluate.ts';
import { versionRules } from './version-rules.ts';

/**
 * The advisories of one ecosystem whose ranges or versions contain this version, whatever their state: the plain OSV
 * question, without a package's module, architecture or vendor. Undefined when the database lacks the ecosystem.
 */
export function affectingAdvisories(
  lookup: AdvisoryLookup,
  ecosystem: string,
  name: string,
  version: string,
): readonly Advisory[] | undefined {
  const rules = versionRules(ecosystem);
  return lookup
    .advisories(ecosystem, lookupName(ecosystem, name))
    ?.filter(({ affected }) => evaluate(affected, version, rules) === 'affected');
}
