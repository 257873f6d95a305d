import { RegistryError } from '../../errors.ts';
import type { Http } from '../../oci/http.ts';
import { checkTarget } from '../../oci/redirects.ts';
import type { EcrRegion } from './region.ts';

/**
 * Throws unless ECR may send us there for a layer: S3 in the region of the registry, over HTTPS; or, when ECR itself is
 * answered for on this machine, a place here.
 */
export async function checkLayerUrl(url: URL, region: EcrRegion, http: Http): Promise<void> {
  if (region.isLocal()) return checkTarget(url, url, new URL('http://localhost'), http);
  const registry = new URL(`https://${region.host}`);
  await checkTarget(url, registry, registry, http);
  if (isS3(url.hostname, region)) return;
  throw new RegistryError(
    'redirect-refused',
    `${region.host} names ${url.host} for a layer, which is not S3 in ${region.region}`,
  );
}

/** Before the region: `s3`, `s3-fips`, `s3.dualstack`. https://docs.aws.amazon.com/general/latest/gr/s3.html */
const SERVICE = /(?:^|\.)s3(?:-fips)?(?:\.dualstack)?$/;

function isS3(hostname: string, { region, domain }: EcrRegion): boolean {
  // us-east-1 has a name without its region as well.
  const ends = [`.${region}.${domain}`, ...(region === 'us-east-1' ? [`.${domain}`] : [])];
  return ends.some((end) => hostname.endsWith(end) && SERVICE.test(hostname.slice(0, -end.length)));
}
