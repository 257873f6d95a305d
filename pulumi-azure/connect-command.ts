/** What a hub is told to connect these registries. */
export interface Connection {
  readonly tenantId: string;
  readonly appId: string;
  readonly loginServers: readonly string[];
  /** What the names of the repositories begin with that may be read. @default all may be */
  readonly repositoryPrefix?: string | undefined;
}

/**
 * The line to be typed where the hub runs; the cloud follows from the hosts. Its parts are GUIDs, host names and names of
 * repositories: only the `*` behind a prefix needs quotes. Without that pattern the hub would also try what it may not read.
 */
export function connectCommand({ tenantId, appId, loginServers, repositoryPrefix }: Connection): string {
  return [
    'backline connect acr',
    `--tenant ${tenantId}`,
    `--app-id ${appId}`,
    ...loginServers.map((server) => `--login-server ${server}`),
    ...(repositoryPrefix === undefined ? [] : [`--include '${repositoryPrefix}*'`]),
  ].join(' ');
}
