import { GetDownloadUrlForLayerCommand } from '@aws-sdk/client-ecr';
import { RegistryError } from '../../errors.ts';
import type { BlobRequest } from '../../oci/blob.ts';
import { type Answer, exchange } from '../../oci/exchange.ts';
import { failureOf } from '../../oci/failure.ts';
import type { Http } from '../../oci/http.ts';
import { deniedRepository } from './failure.ts';
import { checkLayerUrl } from './layer-url.ts';
import type { EcrRepository } from './manifests.ts';

/** What S3 answers when an address, or the session it was signed in, has ended. */
const ENDED = new Set([400, 401, 403]);

/**
 * Asks for a layer or configuration at the address that ECR gives for it, which holds for an hour. The address is kept for
 * as long as it is taken; once it has ended, another is asked for.
 */
export function layerRequest(repository: EcrRepository, digest: string, http: Http): BlobRequest {
  let kept: URL | undefined;
  return async (headers, signal) => {
    if (kept !== undefined) {
      const answer = await exchange(kept, { headers, signal }, http);
      if (!ENDED.has(answer.status)) return taken(answer, repository, digest, http);
      answer.discard();
    }
    kept = await layerUrl(repository, digest, http, signal);
    return taken(await exchange(kept, { headers, signal }, http), repository, digest, http);
  };
}

async function layerUrl(
  { region, name }: EcrRepository,
  digest: string,
  http: Http,
  signal: AbortSignal,
): Promise<URL> {
  const { downloadUrl = '' } = await region.call(
    deniedRepository(`read ${digest} of`, name),
    (client, options) =>
      client.send(
        new GetDownloadUrlForLayerCommand({
          registryId: region.accountId,
          repositoryName: name,
          layerDigest: digest,
        }),
        options,
      ),
    signal,
  );
  const url = URL.parse(downloadUrl);
  if (url === null)
    throw new RegistryError('registry-error', `${region.host} gives no address for ${digest}`);
  await checkLayerUrl(url, region, http);
  return url;
}

async function taken(answer: Answer, { region }: EcrRepository, digest: string, http: Http): Promise<Answer> {
  const { status } = answer;
  if (status === 200 || status === 206 || status === 416) return answer;
  if (status === 403) {
    answer.discard();
    throw new RegistryError(
      'forbidden',
      `${answer.url.host} refuses ${digest} at an address that ECR has just given: the policy of an S3 endpoint may keep ` +
        `it back; let it pass s3:GetObject on arn:aws:s3:::prod-${region.region}-starport-layer-bucket/*`,
      { data: { status, host: answer.url.host } },
    );
  }
  throw await failureOf(answer, { kind: 'blob', name: digest }, http.now(), (text) => text);
}
