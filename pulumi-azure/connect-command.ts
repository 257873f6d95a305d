import type { Environment } from './config.ts';

/** What a hub is told to connect these registries. */
export interface Connection {
  readonly tenantId: string;
  readonly appId: string;
  readonly loginServers: readonly string[];
  readonly environment: Environment;
}

/** The line to be typed where the hub runs. Its parts are GUIDs and host names: nothing in it needs quotes. */
export function connectCommand({ tenantId, appId, loginServers, environment }: Connection): string {
  return [
    'backline connect acr',
    `--tenant ${tenantId}`,
    `--app-id ${appId}`,
    ...loginServers.map((server) => `--login-server ${server}`),
    ...(environment === 'public' ? [] : [`--environment ${environment}`]),
  ].join(' ');
}
