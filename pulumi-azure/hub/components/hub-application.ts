import { Application } from '@pulumi/azuread/application.js';
import { ApplicationFederatedIdentityCredential } from '@pulumi/azuread/applicationFederatedIdentityCredential.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';

export interface HubApplicationArgs {
  readonly displayName: string;
  /** Who issues the tokens of the scanner. */
  readonly issuer: string;
  /** Whom they are issued to: the ARN of its role. */
  readonly subject: string;
  /** Whom they are for. */
  readonly audience: string;
}

/**
 * The multi-tenant app of a hub. Only the scanner's AWS role can log in as it, with tokens of its own that live for minutes: the
 * app has no secret and no certificate. It may do nothing by itself; tenants give roles to the service principal they make of it.
 */
export class HubApplication extends ComponentResource {
  readonly appId: Output<string>;

  constructor(
    name: string,
    { displayName, issuer, subject, audience }: HubApplicationArgs,
    options?: ComponentResourceOptions,
  ) {
    super('backline:azure:HubApplication', name, {}, options);
    const application = new Application(
      'app',
      {
        displayName,
        // Other tenants must be able to make a service principal of it.
        signInAudience: 'AzureADMultipleOrgs',
      },
      { parent: this },
    );
    new ApplicationFederatedIdentityCredential(
      'scanner',
      {
        applicationId: application.id,
        displayName: 'backline-scanner',
        description: 'The AWS role of the scanner',
        issuer,
        subject,
        audiences: [audience],
      },
      { parent: this },
    );
    this.appId = application.clientId;
    this.registerOutputs({ appId: this.appId });
  }
}
