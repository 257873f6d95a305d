import type { Wanted } from './arguments.ts';
import type { AzCommand } from './az-command.ts';
import { type FoundRegistry, findRegistry, listRegistries } from './azure.ts';
import { EXIT, Refusal } from './refusal.ts';

/** A registry that was asked for, by its own name or that of its group. */
export interface Selected {
  readonly name: string;
  readonly resourceGroup: string;
  /** Undefined until it was looked up. */
  readonly id?: string;
}

/**
 * Puts the registries of whole groups in the place of the groups. `known` gives those of a group that Azure may not
 * show any more. Throws `Refusal` for a group without any.
 */
export async function expandGroups(
  az: AzCommand,
  wanted: readonly Wanted[],
  known: (resourceGroup: string) => readonly FoundRegistry[] = () => [],
): Promise<readonly Selected[]> {
  const selected: Selected[] = [];
  for (const { name, resourceGroup } of wanted) {
    if (name === undefined) selected.push(...(await inGroup(az, resourceGroup, known(resourceGroup))));
    else selected.push({ name, resourceGroup });
  }
  return selected;
}

/** The registry's id, of Azure or of what is `known`; undefined when neither has it. */
export async function lookUp(
  az: AzCommand,
  { id, name, resourceGroup }: Selected,
  known: readonly FoundRegistry[] = [],
): Promise<string | undefined> {
  if (id !== undefined) return id;
  const found = await findRegistry(az, { name, resourceGroup });
  return (found ?? known.find((one) => one.name.toLowerCase() === name.toLowerCase()))?.id;
}

async function inGroup(
  az: AzCommand,
  resourceGroup: string,
  known: readonly FoundRegistry[],
): Promise<readonly Selected[]> {
  const nothing = `No ACRs found in resource group '${resourceGroup}'`;
  let found: readonly FoundRegistry[];
  try {
    found = await listRegistries(az, resourceGroup);
  } catch (error) {
    // The published sentence, and beside it why.
    if (error instanceof Refusal && error.exitCode === EXIT.refused) {
      throw new Refusal(nothing, { more: [error.message, ...error.more], cause: error });
    }
    throw error;
  }
  const byId = new Map([...found, ...known].map((one) => [one.id.toLowerCase(), one]));
  if (byId.size === 0) throw new Refusal(nothing);
  return [...byId.values()].map(({ id, name }) => ({ id, name, resourceGroup }));
}
