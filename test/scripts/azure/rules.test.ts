import { describe, expect, it } from '@jest/globals';
import { emptyRequest, type Request } from '../../../scripts/azure/arguments.ts';
import { checkConfirmed, checkNotEmpty } from '../../../scripts/azure/rules.ts';

const inGroup = (count: number, resourceGroup = 'g') =>
  Array.from({ length: count }, (_, index) => ({ name: `acr${index}`, resourceGroup }));
const install = (parts: Partial<Request>) => ({ ...emptyRequest('install'), ...parts });
const cleanup = (parts: Partial<Request>) => ({ ...emptyRequest('cleanup'), ...parts });

const BULK = 'Bulk operations (resource group-wide) require --yes flag';

describe('scripts/azure/rules', () => {
  it.each<[string, Request]>([
    ['three of one group', install({ wanted: inGroup(3) })],
    ['four of two groups', install({ wanted: [...inGroup(3), ...inGroup(1, 'h')] })],
    ['twenty of two groups', cleanup({ wanted: [...inGroup(19), ...inGroup(1, 'h')] })],
    ['four of one group with --yes', install({ wanted: inGroup(4), yes: true })],
    ['four of one group in a dry run', install({ wanted: inGroup(4), dryRun: true })],
    ['a subscription with --yes', install({ wholeSubscription: true, yes: true })],
    ['a subscription in a dry run', install({ wholeSubscription: true, dryRun: true })],
    ['everything with --yes', cleanup({ all: true, yes: true })],
    ['everything in a dry run', cleanup({ all: true, dryRun: true })],
    ['many subscriptions', install({ cloudSubscriptions: ['1', '2', '3', '4', '5'] })],
  ])('lets pass %s', (_what, request) => {
    expect(() => checkConfirmed(request)).not.toThrow();
  });

  it.each<[string, Request, string]>([
    ['four of one group', install({ wanted: inGroup(4) }), BULK],
    [
      'four of one group, however it is spelt',
      install({ wanted: [...inGroup(3), ...inGroup(1, 'G')] }),
      BULK,
    ],
    ['the removal of four of one group', cleanup({ wanted: inGroup(4) }), 'Bulk removal requires --yes flag'],
    [
      'a subscription',
      install({ wholeSubscription: true }),
      'Subscription-wide operation requires --yes flag',
    ],
    [
      'the removal of everything',
      cleanup({ all: true }),
      '--all requires --yes flag (destructive operation)',
    ],
  ])('rejects %s', (_what, request, message) => {
    expect(() => checkConfirmed(request)).toThrow(message);
  });

  it('rejects a group that turns out to hold four', () => {
    expect(() => checkConfirmed(install({ wanted: [{ resourceGroup: 'g' }] }), inGroup(4))).toThrow(BULK);
  });

  it.each<[Request, string]>([
    [install({ yes: true }), 'No ACRs, cloud subscriptions, or AKS subscriptions specified'],
    [
      cleanup({ yes: true }),
      'No ACRs, cloud subscriptions, or AKS subscriptions specified. Use --acr/--rg, --cloud-sub, --aks-sub, or --all',
    ],
  ])('rejects what asks for nothing', (request, message) => {
    expect(() => checkNotEmpty(request)).toThrow(expect.objectContaining({ message, exitCode: 1 }));
  });
});
