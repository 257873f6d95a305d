import type { Environment } from './config.ts';

/** Addresses and names in which Azure's clouds differ. */
export interface Cloud {
  /** Azure Resource Manager. */
  readonly armEndpoint: string;
  /** Where tokens are asked for. */
  readonly authorityHost: string;
  /** Audience that a federated credential takes tokens for. */
  readonly federationAudience: string;
}

/**
 * https://learn.microsoft.com/azure/developer/identity/auth-endpoints (authorities),
 * https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations (audiences).
 */
export const CLOUDS: Readonly<Record<Environment, Cloud>> = {
  public: {
    armEndpoint: 'https://management.azure.com',
    authorityHost: 'https://login.microsoftonline.com',
    federationAudience: 'api://AzureADTokenExchange',
  },
  usgovernment: {
    armEndpoint: 'https://management.usgovcloudapi.net',
    authorityHost: 'https://login.microsoftonline.us',
    federationAudience: 'api://AzureADTokenExchangeUSGov',
  },
  china: {
    armEndpoint: 'https://management.chinacloudapi.cn',
    authorityHost: 'https://login.chinacloudapi.cn',
    federationAudience: 'api://AzureADTokenExchangeChina',
  },
};
