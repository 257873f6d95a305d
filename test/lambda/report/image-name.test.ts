import { describe, expect, it } from '@jest/globals';
import { imagePurl, platformText } from '../../../lambda/report/image-name.ts';
import { cleanReport } from '../../support/sample-report.ts';

const { image } = cleanReport();
const digest = image.manifestDigest;

describe('report/image-name', () => {
  // The form of the specification's own examples:
  // https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md
  it.each([
    [
      'docker.io/library/debian:12',
      `pkg:oci/debian@${digest}?arch=amd64&repository_url=docker.io%2Flibrary%2Fdebian&tag=12`,
    ],
    ['localhost:5000/app', `pkg:oci/app@${digest}?arch=amd64&repository_url=localhost%3A5000%2Fapp`],
    [
      `registry.example.com/App@${digest}`,
      `pkg:oci/app@${digest}?arch=amd64&repository_url=registry.example.com%2FApp`,
    ],
  ])('names %s', (reference, purl) => {
    const found = imagePurl({ ...image, reference });

    expect(decodeURIComponent(found ?? '')).toBe(decodeURIComponent(purl));
  });

  it('has no purl for an archive that names no repository', () => {
    const { reference: _, ...archive } = image;

    expect(imagePurl(archive)).toBeUndefined();
    expect(imagePurl({ ...image, reference: 'registry/' })).toBeUndefined();
  });

  it.each([
    [{ os: 'linux', architecture: 'arm64', variant: 'v8' }, 'linux/arm64/v8'],
    [{ os: 'windows', architecture: 'amd64', osVersion: '10.0.20348.1' }, 'windows/amd64 10.0.20348.1'],
    [{ os: 'linux', architecture: '' }, 'linux'],
  ])('writes the platform %j', (platform, text) => {
    expect(platformText({ ...image, platform })).toBe(text);
  });
});
