import { FEDERATION_AUDIENCES } from '../lambda/shared/environment.ts';
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

/** https://learn.microsoft.com/azure/developer/identity/auth-endpoints */
export const CLOUDS: Readonly<Record<Environment, Cloud>> = {
  public: {
    armEndpoint: 'https://management.azure.com',
    authorityHost: 'https://login.microsoftonline.com',
    federationAudience: FEDERATION_AUDIENCES.public,
  },
  usgovernment: {
    armEndpoint: 'https://management.usgovcloudapi.net',
    authorityHost: 'https://login.microsoftonline.us',
    federationAudience: FEDERATION_AUDIENCES.usgovernment,
  },
  china: {
    armEndpoint: 'https://management.chinacloudapi.cn',
    authorityHost: 'https://login.chinacloudapi.cn',
    federationAudience: FEDERATION_AUDIENCES.china,
  },
};
