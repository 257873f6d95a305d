import type { Request, Wanted } from './arguments.ts';
import { Refusal } from './refusal.ts';

/** More registries than this, all in one resource group, need `--yes`. */
const MOST_WITHOUT_YES = 3;

/** Refuses what asks for nothing. */
export function checkNotEmpty({
  command,
  wanted,
  cloudSubscriptions,
  wholeSubscription,
  all,
}: Request): void {
  if (wanted.length > 0 || cloudSubscriptions.length > 0 || wholeSubscription || all) return;
  const nothing = 'No ACRs, cloud subscriptions, or AKS subscriptions specified';
  throw new Refusal(
    command === 'install' ? nothing : `${nothing}. Use --acr/--rg, --cloud-sub, --aks-sub, or --all`,
  );
}

/**
 * Refuses what needs `--yes` and came without. `wanted` is what is known of the registries: as typed before the login, all by
 * name after it. A dry run changes nothing and needs none.
 */
export function checkConfirmed(request: Request, wanted: readonly Wanted[] = request.wanted): void {
  if (request.yes || request.dryRun) return;
  if (request.wholeSubscription) throw new Refusal('Subscription-wide operation requires --yes flag');
  if (request.all) throw new Refusal('--all requires --yes flag (destructive operation)');
  if (!isBulk(wanted)) return;
  throw new Refusal(
    request.command === 'install'
      ? 'Bulk operations (resource group-wide) require --yes flag'
      : 'Bulk removal requires --yes flag',
  );
}

/**
 * Whether so many want a confirmation: the rule of the published scripts, which looks at numbers alone. Two groups are never too many.
 */
export function isBulk(wanted: readonly Wanted[]): boolean {
  const groups = new Set(wanted.map(({ resourceGroup }) => resourceGroup.toLowerCase()));
  return groups.size === 1 && wanted.length > MOST_WITHOUT_YES;
}
