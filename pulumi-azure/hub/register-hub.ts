import { Provider as AzureAd } from '@pulumi/azuread/provider.js';
import { interpolate, type Output } from '@pulumi/pulumi';
import { CLOUDS } from '../cloud.ts';
import { HubApplication } from './components/hub-application.ts';
import type { HubOptions } from './config.ts';

/** What the stack puts out. */
export interface HubOutputs {
  /** Of the app: what tenants name, and what the scanner logs in as. */
  readonly appId: Output<string>;
  /** The line with which tenants connect to this hub instead of the vendor's. */
  readonly configureCommand: Output<string>;
}

/** Declares the hub's app, with the scanner as the only one who may log in as it. */
export function registerHub(options: HubOptions): HubOutputs {
  const { displayName, environment, issuer, scannerRoleArns, tenantId } = options;
  const { appId } = new HubApplication(
    'hub',
    { displayName, issuer, subjects: scannerRoleArns, audience: CLOUDS[environment].federationAudience },
    { providers: [new AzureAd('azuread', { environment, tenantId })] },
  );
  return { appId, configureCommand: interpolate`pulumi config set backline-azure:appId ${appId}` };
}
