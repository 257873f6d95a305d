import type { StateStore } from '../store/index.ts';
import { type Integration, integrationSchema } from './integration.ts';

/** The partition of the state that holds integrations; their id is the sort key. */
export const INTEGRATIONS_PARTITION = 'integrations';

/** An integration, connected or not; undefined when there is none of this id. Throws `ZodError` for one of another form. */
export async function findIntegration(state: StateStore, id: string): Promise<Integration | undefined> {
  const record = await state.get(INTEGRATIONS_PARTITION, id);
  return record === undefined ? undefined : integrationSchema.parse(record.value);
}

/** Every integration, those that were disconnected among them, by id. */
export async function listIntegrations(state: StateStore): Promise<readonly Integration[]> {
  const found: Integration[] = [];
  let after: string | undefined;
  do {
    const page = await state.query(INTEGRATIONS_PARTITION, after === undefined ? {} : { after });
    found.push(...page.records.map(({ value }) => integrationSchema.parse(value)));
    after = page.next;
  } while (after !== undefined);
  return found;
}
