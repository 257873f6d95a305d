import { ECRClient } from '@aws-sdk/client-ecr';
import { type AwsClientOptions, clientConfig } from '../../aws/client.ts';
import { awsFailure, isExpired, type Tried } from '../../aws/failure.ts';
import type { Session } from '../../aws/session.ts';
import { isLoopback } from '../../oci/hosts.ts';

/** What a call is made with. */
export type Call<Output> = (
  client: ECRClient,
  options: { readonly abortSignal: AbortSignal },
) => Promise<Output>;

/** The private registry of an account in one region. */
export interface EcrRegion {
  readonly accountId: string;
  readonly region: string;
  /** `111122223333.dkr.ecr.eu-west-1.amazonaws.com` */
  readonly host: string;
  /** Of the partition: `amazonaws.com`, `amazonaws.com.cn`. */
  readonly domain: string;
  /** Makes a call; once more in a new session when the old one has ended. Throws `RegistryError`. */
  call<Output>(tried: Tried, call: Call<Output>, signal?: AbortSignal): Promise<Output>;
  /** True once a call has gone to an endpoint on this machine, whose layers are then here too. */
  isLocal(): boolean;
  readonly close: () => void;
}

/** Opens no connection yet. Without a session the process's own credentials are used. */
export function ecrRegion(
  accountId: string,
  region: string,
  session: Session | undefined,
  options: AwsClientOptions,
): EcrRegion {
  const client = new ECRClient(
    clientConfig('ecr', region, session?.credentials ?? options.credentials, options),
  );
  const domain = domainOf(client, region);
  const closing = new AbortController();
  let hostname = '';
  client.middlewareStack.add(
    (next) => async (args) => {
      hostname = hostnameOf(args.request);
      return next(args);
    },
    { step: 'finalizeRequest', name: 'noteHost' },
  );
  return {
    accountId,
    region,
    host: `${accountId}.dkr.ecr.${region}.${domain}`,
    domain,
    async call(tried, call, signal) {
      const abortSignal = signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal]);
      try {
        return await call(client, { abortSignal }).catch((error: unknown) => {
          if (session === undefined || !isExpired(error)) throw error;
          session.forget();
          return call(client, { abortSignal });
        });
      } catch (error) {
        throw awsFailure(error, tried);
      }
    },
    isLocal: () => isLoopback(hostname),
    close: () => {
      closing.abort();
      client.destroy();
    },
  };
}

/** `api.ecr.<region>.<domain>`, as the SDK knows it for each partition. */
function domainOf(client: ECRClient, region: string): string {
  const { url } = client.config.endpointProvider({ Region: region, UseDualStack: false, UseFIPS: false });
  return url.hostname.slice(`api.ecr.${region}.`.length);
}

function hostnameOf(request: unknown): string {
  if (typeof request !== 'object' || request === null || !('hostname' in request)) return '';
  return typeof request.hostname === 'string' ? request.hostname : '';
}
