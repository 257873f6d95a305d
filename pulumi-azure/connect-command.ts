/** What a hub is told to connect these registries. */
export interface Connection {
  readonly tenantId: string;
  readonly appId: string;
  readonly loginServers: readonly string[];
}

/**
 * The line to be typed where the hub runs; the cloud follows from the hosts. Its parts are GUIDs and host names: nothing in it
 * needs quotes.
 */
export function connectCommand({ tenantId, appId, loginServers }: Connection): string {
  return [
    'backline connect acr',
    `--tenant ${tenantId}`,
    `--app-id ${appId}`,
    ...loginServers.map((server) => `--login-server ${server}`),
  ].join(' ');
}
