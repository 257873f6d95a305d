import type { IntegrationAnswer } from '../../lambda/integrations/index.ts';
import { safeText } from '../../lambda/shared/text.ts';
import { aligned } from './columns.ts';

type Integration = IntegrationAnswer['integrations'][number];
type Check = IntegrationAnswer['checks'][number];

const MARKS = { passed: 'passed', warning: 'WARNING', failed: 'FAILED', skipped: 'skipped' } as const;
const MARK_WIDTH = 9;

/** A line for each check, and under those that warn or failed what to do. */
export function checksText(checks: readonly Check[]): string {
  const lines = checks.flatMap(({ id, on, outcome, detail, remedy }) => {
    const subject = on === undefined ? id : `${id} ${on}`;
    const line = `${MARKS[outcome].padEnd(MARK_WIDTH)}${safeText(subject)}: ${safeText(detail)}`;
    // Where a step was skipped, the one that failed has the remedy.
    return remedy === undefined || outcome === 'skipped'
      ? [line]
      : [line, `${' '.repeat(MARK_WIDTH)}${safeText(remedy)}`];
  });
  return lines.map((line) => `${line}\n`).join('');
}

/** A line for each integration. */
export function listText(integrations: readonly Integration[]): string {
  if (integrations.length === 0) return 'no integrations: connect one with backline connect\n';
  const rows = integrations.map((integration) => [
    integration.id,
    integration.provider,
    ownerOf(integration),
    placesOf(integration).join(','),
    integration.connected ? 'connected' : 'disconnected',
    integration.updatedAt.slice(0, 10),
  ]);
  return `${aligned([['ID', 'KIND', 'ACCOUNT OR TENANT', 'WHERE', 'STATE', 'CHANGED'], ...rows]).join('\n')}\n`;
}

/** Everything that is known of an integration. */
export function integrationText(integration: Integration): string {
  const { id, connected, include, exclude, createdAt, updatedAt } = integration;
  const state = connected ? 'connected' : 'disconnected: no scans, what was found stays';
  const own =
    integration.provider === 'ecr'
      ? [
          ['account', integration.accountId],
          ['role', integration.roleArn],
          ['external id', integration.externalId],
          ['regions', integration.regions.join(', ')],
        ]
      : [
          ['tenant', integration.tenantId],
          ['application', integration.appId ?? 'none named'],
          ['login', integration.login],
          ['login servers', integration.loginServers.join(', ')],
          ['cloud', integration.environment],
        ];
  const rows = [
    ['id', id],
    ['state', state],
    ...own,
    ['repositories', include?.join(', ') ?? 'all that can be listed'],
    ...(exclude === undefined ? [] : [['but not', exclude.join(', ')]]),
    ['connected', createdAt],
    ['changed', updatedAt],
  ];
  return `${aligned(rows).join('\n')}\n`;
}

function ownerOf(integration: Integration): string {
  return integration.provider === 'ecr' ? integration.accountId : integration.tenantId;
}

function placesOf(integration: Integration): readonly string[] {
  return integration.provider === 'ecr' ? integration.regions : integration.loginServers;
}
