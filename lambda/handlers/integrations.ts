import { type IntegrationAnswer, runIntegrationCommand } from '../integrations/index.ts';
import { MESSAGE_VERSION } from '../shared/environment.ts';
import { type Hub, openHub } from './hub.ts';

/** Carries out a command of an operator. What was connected or changed is looked through at once, not at the next reconciliation. */
export async function integrations(command: unknown, hub: Hub): Promise<IntegrationAnswer> {
  const { telemetry } = hub;
  try {
    const { discoveries, ...options } = hub.managing();
    const answer = await runIntegrationCommand(command, options);
    const failed = answer.checks.filter(({ outcome }) => outcome === 'failed').length;
    const action = actionOf(command);
    telemetry.info('command', {
      action,
      integrations: answer.integrations.map(({ id }) => id).join(' '),
      checks: answer.checks.length,
      failed,
      code: answer.error?.code,
    });
    if (answer.error === undefined && (action === 'connect' || action === 'update')) {
      await discoveries.send(
        answer.integrations.map(({ id }) => ({
          version: MESSAGE_VERSION,
          kind: 'integration',
          integration: id,
        })),
      );
    }
    return answer;
  } catch (error) {
    telemetry.error('a command failed', error);
    throw error;
  } finally {
    telemetry.flush();
  }
}

function actionOf(command: unknown): string {
  const action = (command as { action?: unknown } | null)?.action;
  return typeof action === 'string' ? action.slice(0, 20) : 'none';
}

let hub: Hub | undefined;

/** AWS Lambda calls this when an operator does. */
export async function handler(command: unknown): Promise<IntegrationAnswer> {
  hub ??= openHub('integrations', process.env);
  return await integrations(command, hub);
}
