import { describe, expect, it } from '@jest/globals';
import { codeOf } from '../../../../support/code-of.ts';
import { type BuiltImage, image, index, layer, push } from '../../../../support/image-builder.ts';
import { HOST, imagesOf, REGION, repositoriesOf, type Setting, setting } from './setting.ts';

/** An image that is no other. */
async function some(content: string): Promise<BuiltImage> {
  return image([await layer([{ path: 'file', content }])]);
}

async function fill({ aws }: Setting, names: readonly string[], region = REGION): Promise<void> {
  for (const name of names) push(aws.region(region), name, '1', await some(name));
}

describe('registry/sources/ecr', () => {
  describe('repositories', () => {
    it('are those of every region, by the chain of roles', async () => {
      const there = await setting();
      await fill(there, ['team/app', 'team/lib']);
      await fill(there, ['other'], 'us-east-1');

      const found = await repositoriesOf(there.connect({ regions: [REGION, 'us-east-1'] }), there.onGap);

      expect(found).toEqual([`${REGION}/team/app`, `${REGION}/team/lib`, 'us-east-1/other']);
      expect(there.gaps).toEqual([]);
      const roles = there.aws.calls
        .filter(({ service }) => service === 'sts')
        .map(({ form }) => form.get('RoleArn'));
      expect(roles).toEqual([
        'arn:aws:iam::198331734661:role/BacklineIntegrationReadOnlyECR',
        'arn:aws:iam::444455556666:role/BacklineECRIntegrationRole',
      ]);
    });

    it('are those that are meant', async () => {
      const there = await setting();
      await fill(there, ['team/app', 'team/old-app', 'team/lib', 'other']);

      const registry = there.connect({ include: ['team/*'], exclude: ['team/old-*'] });

      await expect(repositoriesOf(registry, there.onGap)).resolves.toEqual([
        `${REGION}/team/app`,
        `${REGION}/team/lib`,
      ]);
    });

    it('are the named ones without being listed, in the regions that have them', async () => {
      const there = await setting({ role: { discovery: false } });
      await fill(there, ['team/app']);
      await fill(there, ['team/lib'], 'us-east-1');

      const registry = there.connect({
        regions: [REGION, 'us-east-1'],
        include: ['team/app', 'team/lib', 'gone'],
      });

      await expect(repositoriesOf(registry, there.onGap)).resolves.toEqual([
        `${REGION}/team/app`,
        'us-east-1/team/lib',
      ]);
      expect(there.actions()).not.toContain('DescribeRepositories');
      expect(there.gaps).toEqual([
        expect.objectContaining({ subject: 'repository', name: 'gone', reason: 'image-not-found' }),
      ]);
    });

    it('are the named ones when the others may not be listed, which is told', async () => {
      const there = await setting({ role: { discovery: false } });
      await fill(there, ['team/app', 'team/lib']);

      const found = await repositoriesOf(there.connect({ include: ['team/app', 'lib-*'] }), there.onGap);

      expect(found).toEqual([`${REGION}/team/app`]);
      expect(there.gaps).toEqual([
        expect.objectContaining({ subject: 'region', name: REGION, reason: 'catalog-forbidden' }),
      ]);
    });

    it('fails with both ways out when none may be listed and none is named', async () => {
      const there = await setting({ role: { discovery: false } });
      await fill(there, ['team/app']);

      const listing = repositoriesOf(there.connect(), there.onGap);

      await expect(listing).rejects.toMatchObject({ code: 'catalog-forbidden', retryable: false });
      await expect(listing).rejects.toThrow(
        /grant ecr:DescribeRepositories to the role .*, or name the repositories to scan in the integration/,
      );
    });

    it('reports a region that fails, and goes on with the others', async () => {
      const there = await setting();
      await fill(there, ['team/app']);
      await fill(there, ['other'], 'us-east-1');
      there.aws.fail({ action: 'DescribeRepositories', region: REGION, code: 'UnrecognizedClientException' });

      const found = await repositoriesOf(there.connect({ regions: [REGION, 'us-east-1'] }), there.onGap);

      expect(found).toEqual(['us-east-1/other']);
      expect(there.gaps).toEqual([
        expect.objectContaining({ subject: 'region', name: REGION, reason: 'unauthorized' }),
      ]);
    });

    it('fails with another external id than the role asks for', async () => {
      const there = await setting();

      const registry = there.connect({ externalId: 'of-another-customer', regions: [REGION, 'us-east-1'] });

      await expect(codeOf(() => repositoriesOf(registry, there.onGap))).resolves.toBe('role-refused');
      expect(there.gaps).toEqual([]);
      expect(there.actions()).toEqual([]);
    });

    it('fails when the account is another than the credentials belong to', async () => {
      const there = await setting();

      const registry = there.connect({ accountId: '777788889999' });

      await expect(codeOf(() => repositoriesOf(registry, there.onGap))).resolves.toBe('catalog-forbidden');
    });
  });

  describe('images', () => {
    it('are those with a tag, with what ECR says of them', async () => {
      const there = await setting();
      const app = await some('app');
      const other = index([app, await some('arm')]);
      push(there.aws.region(REGION), 'app', '2', app);
      push(there.aws.region(REGION), 'app', '1', app);
      push(there.aws.region(REGION), 'app', 'multi', other);
      push(there.aws.region(REGION), 'app', 'moved', await some('old'));
      push(there.aws.region(REGION), 'app', 'moved', app);

      const images = await imagesOf(there.connect(), 'app', there.onGap);

      expect(images.map(({ digest, tags }) => [digest, tags])).toEqual(
        expect.arrayContaining([
          [app.descriptor.digest, ['1', '2', 'moved']],
          [other.descriptor.digest, ['multi']],
        ]),
      );
      expect(images).toHaveLength(2);
      expect(images.find(({ digest }) => digest === app.descriptor.digest)).toEqual({
        digest: app.descriptor.digest,
        tags: ['1', '2', 'moved'],
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        bytes: app.layers[0]?.bytes.length,
        pushedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      });
      expect(there.gaps).toEqual([]);
      // Reading a manifest would count as a pull.
      expect(there.actions()).toEqual(['DescribeImages']);
    });

    it('are none for charts, signatures, attestations and archived images', async () => {
      const there = await setting();
      const target = there.aws.region(REGION);
      const app = await some('app');
      const hex = app.descriptor.digest.replace(':', '-');
      const chart = image([await layer([])], {
        manifest: {
          config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: 'sha256:0', size: 2 },
        },
      });
      const signature = image([
        await layer([], { mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json' }),
      ]);
      const referrers = index([], {
        descriptors: [{ ...signature.descriptor, artifactType: 'application/spdx+json' } as never],
      });
      const archived = await some('archived');
      push(target, 'app', '1', app);
      push(target, 'app', 'chart', chart);
      push(target, 'app', `${hex}.sig`, signature);
      push(target, 'app', hex, referrers);
      push(target, 'app', 'old', archived);
      there.aws.changeImage(REGION, 'app', archived.descriptor.digest, { status: 'ARCHIVED' });

      const images = await imagesOf(there.connect(), 'app', there.onGap);

      expect(images.map(({ tags }) => tags)).toEqual([['1']]);
      expect(there.gaps).toEqual([]);
    });

    it('are images under the tag of a signature as well, when they are such', async () => {
      const there = await setting();
      const hidden = await some('hidden');
      push(there.aws.region(REGION), 'app', `${hidden.descriptor.digest.replace(':', '-')}.sig`, hidden);

      const images = await imagesOf(there.connect(), 'app', there.onGap);

      expect(images.map(({ digest }) => digest)).toEqual([hidden.descriptor.digest]);
    });

    it('reports a repository that the opt-out keeps from being read', async () => {
      const there = await setting({ role: { optOutTag: 'backline:scan=false' } });
      await fill(there, ['app', 'private']);
      there.aws.putRepository(REGION, 'private', { 'backline:scan': 'false' });
      const registry = there.connect();

      await expect(repositoriesOf(registry, there.onGap)).resolves.toHaveLength(2);
      await expect(imagesOf(registry, 'app', there.onGap)).resolves.toHaveLength(1);
      await expect(codeOf(() => imagesOf(registry, 'private', there.onGap))).resolves.toBe(
        'repository-forbidden',
      );
    });

    it('fails for a repository that is gone, and for one of another registry', async () => {
      const there = await setting();
      const registry = there.connect();

      await expect(codeOf(() => imagesOf(registry, 'gone', there.onGap))).resolves.toBe('image-not-found');
      const elsewhere = { host: HOST.replace(REGION, 'us-east-1'), name: 'app' };
      await expect(
        codeOf(async () => await registry.images(elsewhere, there.onGap)[Symbol.asyncIterator]().next()),
      ).resolves.toBe('forbidden');
    });
  });
});
