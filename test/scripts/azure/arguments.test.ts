import { describe, expect, it } from '@jest/globals';
import {
  type CommandName,
  emptyRequest,
  parseArguments,
  type Request,
} from '../../../scripts/azure/arguments.ts';

const ONE = '11111111-1111-1111-1111-111111111111';
const TWO = '22222222-2222-2222-2222-222222222222';
const g = (name: string, resourceGroup = 'g') => ({ name, resourceGroup });
const OWN_APP = '12121212-1212-4212-8212-121212121212';
const aks = (verb: string) =>
  `AKS is not part of this integration: use az role assignment ${verb} --assignee ${OWN_APP} --role "Azure Kubernetes Service RBAC Reader" --scope CLUSTER_ID`;

/** Rows: what was typed, and what differs from asking for nothing. */
const ACCEPTED: readonly (readonly [CommandName, readonly string[], Partial<Request>])[] = [
  ['install', ['--acr', 'a', '--rg', 'g'], { wanted: [g('a')] }],
  ['install', ['--acr', 'a', '--resource-group', 'g'], { wanted: [g('a')] }],
  ['install', ['--acr', 'a b c', '--rg', 'g'], { wanted: [g('a'), g('b'), g('c')] }],
  ['install', ['--acr', '  a \t b\n', '--rg', 'g'], { wanted: [g('a'), g('b')] }],
  ['install', ['--acr', 'a', '--rg', 'g', '--acr', 'b', '--rg', 'h'], { wanted: [g('a'), g('b', 'h')] }],
  ['install', ['--acr', 'a', '--acr', 'b', '--rg', 'g'], { wanted: [g('a'), g('b')] }],
  ['install', ['--acr', 'a', '--yes', '--rg', 'g'], { wanted: [g('a')], yes: true }],
  ['install', ['--acr', '*', '--rg', 'g'], { wanted: [g('*')] }],
  ['install', ['--rg', 'g', '--acr', 'a', '--rg', 'h'], { wanted: [{ resourceGroup: 'g' }, g('a', 'h')] }],
  ['install', ['--acr', 'a', '--rg', 'g', '--rg', 'h'], { wanted: [g('a'), { resourceGroup: 'h' }] }],
  ['install', ['--rg', 'g'], { wanted: [{ resourceGroup: 'g' }] }],
  ['install', ['--rg', 'my group'], { wanted: [{ resourceGroup: 'my group' }] }],
  ['install', ['--resource-group', 'g', '--yes'], { wanted: [{ resourceGroup: 'g' }], yes: true }],
  ['install', ['--rg', 'g', '--rg', 'h'], { wanted: [{ resourceGroup: 'g' }, { resourceGroup: 'h' }] }],
  ['install', ['--subscription'], { wholeSubscription: true }],
  ['install', ['--subscription', '--yes'], { wholeSubscription: true, yes: true }],
  ['install', ['--yes', '--subscription', '--dry-run'], { wholeSubscription: true, yes: true, dryRun: true }],
  ['install', ['--subscription', '--acr', 'a', '--rg', 'g'], { wholeSubscription: true, wanted: [g('a')] }],
  ['install', ['--cloud-sub', ONE], { cloudSubscriptions: [ONE] }],
  ['install', ['--cloud-sub', ONE, '--cloud-sub', TWO], { cloudSubscriptions: [ONE, TWO] }],
  ['install', ['--cloud-sub', ONE, '--cloud-sub', ONE], { cloudSubscriptions: [ONE] }],
  [
    'install',
    ['--cloud-sub', 'ABCDEFAB-1111-1111-1111-ABCDEFABCDEF'],
    { cloudSubscriptions: ['abcdefab-1111-1111-1111-abcdefabcdef'] },
  ],
  [
    'install',
    ['--acr', 'a', '--rg', 'g', '--cloud-sub', ONE],
    { wanted: [g('a')], cloudSubscriptions: [ONE] },
  ],
  [
    'install',
    ['--acr', 'a', '--cloud-sub', ONE, '--rg', 'g'],
    { wanted: [g('a')], cloudSubscriptions: [ONE] },
  ],
  ['install', ['--dry-run'], { dryRun: true }],
  ['install', ['--yes'], { yes: true }],
  ['install', ['--yes', '--yes'], { yes: true }],
  ['cleanup', ['--all', '--yes'], { all: true, yes: true }],
  ['cleanup', ['--yes', '--all'], { all: true, yes: true }],
  ['cleanup', ['--all'], { all: true }],
  ['cleanup', ['--all', '--dry-run'], { all: true, dryRun: true }],
  ['cleanup', ['--acr', 'a', '--rg', 'g'], { wanted: [g('a')] }],
  ['cleanup', ['--acr', 'a b', '--rg', 'g'], { wanted: [g('a'), g('b')] }],
  ['cleanup', ['--acr', 'a', '--rg', 'g', '--acr', 'b', '--rg', 'h'], { wanted: [g('a'), g('b', 'h')] }],
  ['cleanup', ['--rg', 'g', '--yes'], { wanted: [{ resourceGroup: 'g' }], yes: true }],
  ['cleanup', ['--resource-group', 'g'], { wanted: [{ resourceGroup: 'g' }] }],
  ['cleanup', ['--cloud-sub', ONE], { cloudSubscriptions: [ONE] }],
  ['cleanup', ['--cloud-sub', ONE, '--cloud-sub', TWO], { cloudSubscriptions: [ONE, TWO] }],
  ['cleanup', ['--all', '--acr', 'a', '--rg', 'g', '--yes'], { all: true, wanted: [g('a')], yes: true }],
  ['cleanup', ['--acr', 'a', '--rg', 'g', '--dry-run'], { wanted: [g('a')], dryRun: true }],
];

/** Rows: what was typed, the sentence and the exit code. */
const REFUSED: readonly (readonly [CommandName, readonly string[], string, number])[] = [
  ['install', ['--acr'], '--acr requires a value', 1],
  ['install', ['--acr', '--rg', 'g'], '--acr requires a value', 1],
  ['install', ['--acr', '', '--rg', 'g'], '--acr requires a value', 1],
  ['install', ['--acr', ' ', '--rg', 'g'], '--acr requires a value', 1],
  ['install', ['--acr', 'a -o', '--rg', 'g'], '--acr requires a value', 1],
  ['install', ['--rg'], '--rg requires a value', 1],
  ['install', ['--rg', ''], '--rg requires a value', 1],
  ['install', ['--rg', '--yes'], '--rg requires a value', 1],
  ['install', ['--resource-group'], '--rg requires a value', 1],
  ['install', ['--acr', 'a', '--rg', '--dry-run'], '--rg requires a value', 1],
  ['install', ['--acr', 'a'], '--acr requires a following --rg', 1],
  ['install', ['--rg', 'g', '--acr', 'a'], '--acr requires a following --rg', 1],
  ['install', ['--acr', 'a', '--yes'], '--acr requires a following --rg', 1],
  ['install', ['--cloud-sub'], '--cloud-sub requires a subscription ID', 1],
  ['install', ['--cloud-sub', '--yes'], '--cloud-sub requires a subscription ID', 1],
  ['install', ['--cloud-sub', 'abc'], 'Invalid GUID format for subscription ID: abc', 1],
  ['install', ['--cloud-sub', `${ONE}0`], `Invalid GUID format for subscription ID: ${ONE}0`, 1],
  [
    'install',
    ['--cloud-sub', ONE.replaceAll('-', '')],
    `Invalid GUID format for subscription ID: ${'1'.repeat(32)}`,
    1,
  ],
  ['install', ['--cloud-sub', ONE, '--cloud-sub', 'x'], 'Invalid GUID format for subscription ID: x', 1],
  ['install', ['--aks-sub'], '--aks-sub requires a subscription ID', 1],
  ['install', ['--aks-sub', '--aks-all'], '--aks-sub requires a subscription ID', 1],
  ['install', ['--aks-sub', 'abc'], 'Invalid GUID format for subscription ID: abc', 1],
  ['install', ['--aks-sub', ONE], aks('create'), 2],
  ['install', ['--acr', 'a', '--rg', 'g', '--aks-all'], aks('create'), 2],
  ['install', ['--unknown'], 'Unknown option: --unknown', 2],
  ['install', ['--acr=a', '--rg', 'g'], 'Unknown option: --acr=a', 2],
  ['install', ['--subscription', ONE], `Unknown option: ${ONE}`, 2],
  ['install', ['--all', '--yes'], 'Unknown option: --all', 2],
  ['install', ['myacr'], 'Unknown option: myacr', 2],
  ['install', [''], 'Unknown option: ', 2],
  ['install', ['toString'], 'Unknown option: toString', 2],
  ['install', ['-y'], 'Unknown option: -y', 2],
  ['install', ['--unknown', '--help'], 'Unknown option: --unknown', 2],
  ['cleanup', ['--acr'], '--acr requires a value', 1],
  ['cleanup', ['--acr', 'a'], '--acr requires a following --rg', 1],
  ['cleanup', ['--rg', '--yes'], '--rg requires a value', 1],
  ['cleanup', ['--cloud-sub', '1234'], 'Invalid GUID format for subscription ID: 1234', 1],
  ['cleanup', ['--aks-sub', ONE], aks('delete'), 2],
  ['cleanup', ['--aks-all'], 'Unknown option: --aks-all', 2],
  ['cleanup', ['--subscription', '--yes'], 'Unknown option: --subscription', 2],
];

const title = '%s %j';

describe('scripts/azure/arguments', () => {
  it.each(ACCEPTED)(title, (command, args, expected) => {
    expect(parseArguments(command, args, OWN_APP)).toEqual({ ...emptyRequest(command), ...expected });
  });

  it.each([['-h'], ['--help'], ['--yes --help'], ['--acr a -h'], ['--help --unknown']])(
    'gives help for %s',
    (line) => {
      expect(parseArguments('install', line.split(' '), OWN_APP)).toBe('help');
      expect(parseArguments('cleanup', line.split(' '), OWN_APP)).toBe('help');
    },
  );

  it.each(REFUSED)(`rejects ${title}`, (command, args, message, exitCode) => {
    const parse = () => parseArguments(command, args, OWN_APP);

    expect(parse).toThrow(expect.objectContaining({ name: 'Refusal', message, exitCode }));
  });
});
