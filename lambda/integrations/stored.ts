import type { StateRecord, StateStore } from '../store/index.ts';
import { invalid } from './input.ts';
import { type Integration, integrationSchema } from './integration.ts';

/** The partition of the state that holds integrations; their id is the sort key. */
export const INTEGRATIONS_PARTITION = 'integrations';

/** An integration, connected or not; undefined when there is none of this id. Throws as `integrationIn`. */
export async function findIntegration(state: StateStore, id: string): Promise<Integration | undefined> {
  const record = await state.get(INTEGRATIONS_PARTITION, id);
  return record === undefined ? undefined : integrationIn(record);
}

/** Every integration, those that were disconnected among them, by id. Throws as `integrationIn`. */
export async function listIntegrations(state: StateStore): Promise<readonly Integration[]> {
  const found: Integration[] = [];
  let after: string | undefined;
  do {
    const page = await state.query(INTEGRATIONS_PARTITION, after === undefined ? {} : { after });
    found.push(...page.records.map(integrationIn));
    after = page.next;
  } while (after !== undefined);
  return found;
}

/** The integration of a record. Throws `integration-invalid` for one of another form: a newer version has written it. */
export function integrationIn({ sort, value }: StateRecord): Integration {
  const parsed = integrationSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error, `the stored integration ${sort} is of a form that this version does not know`);
}
