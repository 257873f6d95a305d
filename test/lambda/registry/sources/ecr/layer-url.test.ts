import { describe, expect, it } from '@jest/globals';
import { httpOf } from '../../../../../lambda/registry/oci/http.ts';
import { checkLayerUrl } from '../../../../../lambda/registry/sources/ecr/layer-url.ts';
import { ecrRegion } from '../../../../../lambda/registry/sources/ecr/region.ts';
import { codeOf } from '../../../../support/code-of.ts';

const ACCOUNT = '111122223333';

async function check(
  url: string,
  region: string,
  addresses: readonly string[] = ['52.219.1.1'],
): Promise<void> {
  const http = httpOf({ resolve: async () => addresses });
  await checkLayerUrl(new URL(url), ecrRegion(ACCOUNT, region, undefined, {}), http);
}

describe('registry/sources/ecr/layer-url', () => {
  it.each([
    ['eu-central-1', 'https://prod-eu-central-1-starport-layer-bucket.s3.eu-central-1.amazonaws.com/a?b'],
    ['eu-central-1', 'https://s3.eu-central-1.amazonaws.com/prod-eu-central-1-starport-layer-bucket/a'],
    ['us-east-1', 'https://prod-us-east-1-starport-layer-bucket.s3.dualstack.us-east-1.amazonaws.com/a'],
    ['us-east-1', 'https://prod-us-east-1-starport-layer-bucket.s3.amazonaws.com/a'],
    [
      'us-gov-west-1',
      'https://prod-us-gov-west-1-starport-layer-bucket.s3-fips.us-gov-west-1.amazonaws.com/a',
    ],
    ['us-gov-west-1', 'https://bucket.s3-fips.dualstack.us-gov-west-1.amazonaws.com/a'],
    ['cn-north-1', 'https://prod-cn-north-1-starport-layer-bucket.s3.cn-north-1.amazonaws.com.cn/a'],
    ['eusc-de-east-1', 'https://bucket.s3.eusc-de-east-1.amazonaws.eu/a'],
  ])('takes S3 of %s: %s', async (region, url) => {
    await expect(check(url, region)).resolves.toBeUndefined();
  });

  it.each([
    ['another region', 'https://bucket.s3.us-east-1.amazonaws.com/a', 'redirect-refused'],
    ['another partition', 'https://bucket.s3.eu-central-1.amazonaws.com.cn/a', 'redirect-refused'],
    ['another service', 'https://bucket.execute-api.eu-central-1.amazonaws.com/a', 'redirect-refused'],
    ['a name that ends alike', 'https://s3.eu-central-1.amazonaws.com.example.org/a', 'redirect-refused'],
    ['a name that begins alike', 'https://evils3.eu-central-1.amazonaws.com/a', 'redirect-refused'],
    ['S3 without a region, elsewhere', 'https://bucket.s3.amazonaws.com/a', 'redirect-refused'],
    ['plain HTTP', 'http://bucket.s3.eu-central-1.amazonaws.com/a', 'insecure-refused'],
    ['another protocol', 'ftp://bucket.s3.eu-central-1.amazonaws.com/a', 'redirect-refused'],
    ['this machine', 'https://127.0.0.1/a', 'redirect-refused'],
    ['the metadata service', 'https://169.254.169.254/latest', 'redirect-refused'],
  ])('rejects %s', async (_, url, code) => {
    await expect(codeOf(() => check(url, 'eu-central-1'))).resolves.toBe(code);
  });

  it('rejects a name of S3 that leads to this machine', async () => {
    const url = 'https://bucket.s3.eu-central-1.amazonaws.com/a';

    await expect(codeOf(() => check(url, 'eu-central-1', ['127.0.0.1']))).resolves.toBe('redirect-refused');
  });

  it.each([
    ['eu-central-1', '111122223333.dkr.ecr.eu-central-1.amazonaws.com'],
    ['cn-north-1', '111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn'],
    ['eusc-de-east-1', '111122223333.dkr.ecr.eusc-de-east-1.amazonaws.eu'],
    ['us-iso-east-1', '111122223333.dkr.ecr.us-iso-east-1.c2s.ic.gov'],
  ])('knows the host of a registry in %s', (region, host) => {
    expect(ecrRegion(ACCOUNT, region, undefined, {}).host).toBe(host);
  });
});
