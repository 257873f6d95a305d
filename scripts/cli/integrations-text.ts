import type { IntegrationAnswer } from '../../lambda/integrations/index.ts';
import { safeText } from '../../lambda/shared/text.ts';
import { aligned } from './columns.ts';
import { gapLines } from './gaps-text.ts';

type Integration = IntegrationAnswer['integrations'][number];
type Check = IntegrationAnswer['checks'][number];
type LastLook = NonNullable<IntegrationAnswer['lastLooks']>[number];

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
export function listText({ integrations, lastLooks }: IntegrationAnswer): string {
  if (integrations.length === 0) return 'no integrations: connect one with backline connect\n';
  const rows = integrations.map((integration) => [
    integration.id,
    integration.provider,
    ownerOf(integration),
    placesOf(integration).join(','),
    integration.connected ? 'connected' : 'disconnected',
    integration.updatedAt.slice(0, 10),
    shortLook(lookAt(integration.id, lastLooks)),
  ]);
  const head = ['ID', 'KIND', 'ACCOUNT OR TENANT', 'WHERE', 'STATE', 'CHANGED', 'LAST LOOK'];
  return `${aligned([head, ...rows]).join('\n')}\n`;
}

/** The last look at one; else why there is none: a hub of an older version does not tell. */
function lookAt(id: string, lastLooks: IntegrationAnswer['lastLooks']): LastLook | string {
  if (lastLooks === undefined) return 'not told';
  return lastLooks.find(({ integration }) => integration === id) ?? 'none yet';
}

function shortLook(look: LastLook | string): string {
  if (typeof look === 'string') return look;
  const { startedAt, finishedAt = startedAt, moreGaps } = look;
  return `${finishedAt.slice(0, 10)}${moreGaps === 0 ? '' : `, ${moreGaps} not listed`}`;
}

/** Everything that is known of integrations. */
export function showText({ integrations, lastLooks }: IntegrationAnswer): string {
  return integrations
    .map((integration) => integrationText(integration, lookAt(integration.id, lastLooks)))
    .join('\n');
}

function integrationText(integration: Integration, look: LastLook | string): string {
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
    ['last look', typeof look === 'string' ? look : lookText(look)],
  ];
  const gaps =
    typeof look === 'string' ? [] : gapLines(id, { gaps: look.gaps ?? [], moreGaps: look.moreGaps });
  return [...aligned(rows), ...gaps].map((line) => `${line}\n`).join('');
}

function lookText({
  startedAt,
  finishedAt,
  repositories,
  images,
  requested,
  gaps = [],
  moreGaps,
}: LastLook): string {
  const when = finishedAt ?? `goes on since ${startedAt}`;
  const missing = gaps.length + moreGaps;
  const counts = [`repositories ${repositories}`, `images ${images}`, `scans asked for ${requested}`];
  return `${when}: ${[...counts, ...(missing === 0 ? [] : [`not listed ${missing}`])].join(', ')}`;
}

function ownerOf(integration: Integration): string {
  return integration.provider === 'ecr' ? integration.accountId : integration.tenantId;
}

function placesOf(integration: Integration): readonly string[] {
  return integration.provider === 'ecr' ? integration.regions : integration.loginServers;
}
