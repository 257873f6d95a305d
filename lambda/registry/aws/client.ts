import { SECOND_MS } from '../../shared/units.ts';
import type { CredentialsProvider } from './session.ts';

export type AwsClientOptions = {
  /** The process's own; absent: what the SDK finds (the function's role, environment, profile, instance). */
  readonly credentials?: CredentialsProvider;
  /** Addresses of the services; absent: the SDK's own settings, such as AWS_ENDPOINT_URL_ECR. */
  readonly endpoints?: { readonly ecr?: string; readonly sts?: string };
  /** Tries of one call, the first included; 6 when absent, so that a throttled account has seconds to calm down. */
  readonly maxAttempts?: number;
};

const CONNECTION_TIMEOUT_MS = 5 * SECOND_MS;
const REQUEST_TIMEOUT_MS = 30 * SECOND_MS;

/** How the SDK's clients are set up: they slow down by themselves while a service throttles. */
export function clientConfig(
  service: 'ecr' | 'sts',
  region: string,
  credentials: CredentialsProvider | undefined,
  { endpoints, maxAttempts = 6 }: AwsClientOptions,
) {
  const endpoint = endpoints?.[service];
  return {
    region,
    retryMode: 'adaptive',
    maxAttempts,
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    ...(credentials === undefined ? {} : { credentials }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}
