/** Azure's separate clouds. An identity of one is unknown in the others. */
export type AzureEnvironment = 'public' | 'usgovernment' | 'china';

/**
 * Where each cloud gives tokens, and its resource manager (ARM), the address of which is also ARM's audience.
 * https://learn.microsoft.com/en-us/entra/identity-platform/authentication-national-cloud
 */
export const AZURE = {
  public: { authorityHost: 'https://login.microsoftonline.com', arm: 'https://management.azure.com' },
  usgovernment: {
    authorityHost: 'https://login.microsoftonline.us',
    arm: 'https://management.usgovcloudapi.net',
  },
  china: { authorityHost: 'https://login.chinacloudapi.cn', arm: 'https://management.chinacloudapi.cn' },
} as const satisfies Record<AzureEnvironment, { readonly authorityHost: string; readonly arm: string }>;

/**
 * Audience of tokens that are good for registries alone; the only one a registry takes once its policy
 * azureADAuthenticationAsArmPolicy is disabled. One for all clouds, as in Azure's own command line:
 * https://github.com/Azure/azure-cli/blob/dev/src/azure-cli/azure/cli/command_modules/acr/_docker_utils.py
 */
export const ACR_AUDIENCE = 'https://containerregistry.azure.net';
