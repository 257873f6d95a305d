import {
  AzureCliCredential,
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  type ClientSecretCredentialOptions,
  DefaultAzureCredential,
  ManagedIdentityCredential,
  type TokenCredential,
} from '@azure/identity';
import { federatedToken, type Variables } from './federated-token.ts';
import { LoginError } from './login-error.ts';
import { pemOf } from './pkcs12.ts';

/** Who asks Azure, and the setting that says so. */
export interface Login {
  readonly by: string;
  /** Throws `LoginError` when a file or token that a setting names cannot be had. */
  readonly credential: () => Promise<TokenCredential>;
}

/** Where the login is. */
export interface Authority {
  readonly host: string;
  /** Of the options. @default ARM_TENANT_ID */
  readonly tenantId: string | undefined;
}

/**
 * The login of Pulumi's providers, by the variables that they read and in their order, so that what is looked up and what is written
 * is one person's work. AZURE_CLIENT_ID and its like are none of them: they are the scanner's on one machine. Throws `LoginError`
 * for half a login.
 * https://github.com/pulumi/pulumi-azure-native/blob/34d8ff31867e55351b4f1c32bc8074fcb91f4fc3/provider/pkg/provider/auth_azidentity.go
 * https://github.com/pulumi/pulumi-azuread/blob/b830e0401352bbb2c6466f6315737bf1f3333a65/provider/resources.go
 */
export function providersLogin(variables: Variables, { host, tenantId: wanted }: Authority): Login {
  const options = {
    authorityHost: host,
    // Where the public cloud's list of authorities cannot be reached.
    disableInstanceDiscovery: isTrue(variables, 'ARM_DISABLE_INSTANCE_DISCOVERY'),
  };
  const clientId = variables['ARM_CLIENT_ID'];
  const tenantId = wanted ?? variables['ARM_TENANT_ID'];
  const tenant = tenantId ? { tenantId } : {};

  if (isTrue(variables, 'ARM_USE_DEFAULT_AZURE_CREDENTIAL')) {
    const credential = async () => new DefaultAzureCredential({ ...options, ...tenant });
    return { by: 'ARM_USE_DEFAULT_AZURE_CREDENTIAL', credential };
  }
  const proof = proofOf(variables);
  if (proof !== undefined) {
    const { by, make } = proof;
    if (!clientId) throw new LoginError(`${by} is set, and ARM_CLIENT_ID is not: set both or none of them`);
    if (!tenantId) {
      throw new LoginError(`${by} is set, and ARM_TENANT_ID is not: set it, or the option tenantId`);
    }
    return { by, credential: async () => await make(tenantId, clientId, options) };
  }
  if (isTrue(variables, 'ARM_USE_MSI')) {
    const identity = clientId ? { clientId } : {};
    return { by: 'ARM_USE_MSI', credential: async () => new ManagedIdentityCredential(identity) };
  }
  return { by: 'az login', credential: async () => new AzureCliCredential(tenant) };
}

/** How an app shows that it is the one: the variable with the proof, and the login made of it. */
interface Proof {
  readonly by: string;
  readonly make: (
    tenantId: string,
    clientId: string,
    options: ClientSecretCredentialOptions,
  ) => TokenCredential | Promise<TokenCredential>;
}

function proofOf(variables: Variables): Proof | undefined {
  const path = variables['ARM_CLIENT_CERTIFICATE_PATH'];
  if (path) {
    return {
      by: 'ARM_CLIENT_CERTIFICATE_PATH',
      make: async (tenant, client, options) => {
        const certificate = await pemOf(path, variables['ARM_CLIENT_CERTIFICATE_PASSWORD'] ?? '');
        return new ClientCertificateCredential(tenant, client, { certificate }, options);
      },
    };
  }
  const secret = variables['ARM_CLIENT_SECRET'];
  if (secret) {
    return {
      by: 'ARM_CLIENT_SECRET',
      make: (tenant, client, options) => new ClientSecretCredential(tenant, client, secret, options),
    };
  }
  if (!isTrue(variables, 'ARM_USE_OIDC')) return undefined;
  const token = federatedToken(variables);
  return {
    by: 'ARM_USE_OIDC',
    make: (tenant, client, options) => new ClientAssertionCredential(tenant, client, token, options),
  };
}

/** Both providers take this word for it. */
function isTrue(variables: Variables, name: string): boolean {
  return variables[name] === 'true';
}
