import { Application } from '@pulumi/azuread/application.js';
import { ApplicationFederatedIdentityCredential } from '@pulumi/azuread/applicationFederatedIdentityCredential.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';

export interface HubApplicationArgs {
  readonly displayName: string;
  /** Who issues the tokens of the scanner. */
  readonly issuer: string;
  /** Whom they are issued to: the ARNs of the roles it runs as. */
  readonly subjects: readonly string[];
  /** Whom they are for. */
  readonly audience: string;
}

/**
 * The multi-tenant app of a hub. Only the scanner's AWS roles can log in as it, with tokens of its own that live for minutes: the
 * app has no secret and no certificate. It may do nothing by itself; tenants give roles to the service principal they make of it.
 */
export class HubApplication extends ComponentResource {
  readonly appId: Output<string>;

  constructor(
    name: string,
    { displayName, issuer, subjects, audience }: HubApplicationArgs,
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
    for (const subject of subjects) {
      // Part of the ARN after the last slash: `backline-scan`. Accounts and paths may differ, names of one hub do not.
      const role = subject.slice(subject.lastIndexOf('/') + 1);
      new ApplicationFederatedIdentityCredential(
        role,
        {
          applicationId: application.id,
          displayName: role,
          description: 'A role of the scanner on AWS',
          issuer,
          subject,
          audiences: [audience],
        },
        { parent: this },
      );
    }
    this.appId = application.clientId;
    this.registerOutputs({ appId: this.appId });
  }
}
