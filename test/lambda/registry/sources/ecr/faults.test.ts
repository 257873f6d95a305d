import { describe, expect, it } from '@jest/globals';
import type { PolicyDocument } from '../../../../doubles/aws/iam.ts';
import { CUSTOMER_ROLE, customerRole } from '../../../../support/aws-roles.ts';
import { codeOf } from '../../../../support/code-of.ts';
import { image, index, layer, push } from '../../../../support/image-builder.ts';
import { imagesOf, REGION, repositoriesOf, repository, type Setting, setting } from './setting.ts';

/** As many images that differ, each under a tag of its own; gives their digests. */
async function fill({ aws }: Setting, name: string, count: number): Promise<string[]> {
  const layers = [await layer([{ path: 'file', content: name }])];
  return Array.from({ length: count }, (_, at) =>
    push(aws.region(REGION), name, `v${at}`, image(layers, { config: { Labels: { at: String(at) } } })),
  );
}

/** The template's role without one of its actions. */
function without(action: string): { arn: string; trust: PolicyDocument; policies: PolicyDocument[] } {
  const policies = customerRole().policies.map((policy) => ({
    ...policy,
    Statement: policy.Statement.map((statement) => {
      const { Action } = statement as { Action: string | string[] };
      return Array.isArray(Action)
        ? { ...statement, Action: Action.filter((one) => one !== action) }
        : statement;
    }),
  }));
  return { ...customerRole(), arn: CUSTOMER_ROLE, policies };
}

function count(actions: readonly string[], wanted: string): number {
  return actions.filter((action) => action === wanted).length;
}

describe('registry/sources/ecr', () => {
  describe('under faults', () => {
    it('goes on through a storm of throttling', async () => {
      const there = await setting();
      await fill(there, 'app', 3);
      there.aws.fail({ action: 'AssumeRole', code: 'Throttling', times: 1 });
      there.aws.fail({ action: 'DescribeImages', code: 'ThrottlingException', times: 2 });

      await expect(imagesOf(there.connect(), 'app', there.onGap)).resolves.toHaveLength(3);

      expect(there.gaps).toEqual([]);
      expect(there.actions()).toEqual(Array(3).fill('DescribeImages'));
    });

    it('fails, to be tried again, when throttling does not end', async () => {
      const there = await setting({ maxAttempts: 2 });
      there.aws.fail({ action: 'DescribeRepositories', code: 'ThrottlingException' });

      await expect(repositoriesOf(there.connect(), there.onGap)).rejects.toMatchObject({
        code: 'rate-limited',
        retryable: true,
      });
      expect(count(there.actions(), 'DescribeRepositories')).toBe(2);
    });

    it('fails, to be tried again, when ECR is broken for long', async () => {
      const there = await setting({ maxAttempts: 2 });
      there.aws.fail({ action: 'DescribeRepositories', code: 'ServerException', status: 500 });

      await expect(repositoriesOf(there.connect(), there.onGap)).rejects.toMatchObject({
        code: 'registry-error',
        retryable: true,
        data: { status: 500, reason: 'ServerException' },
      });
    });

    it('fails when nothing answers', async () => {
      const there = await setting({ maxAttempts: 2 });
      const registry = there.connect();
      await there.aws.close();

      await expect(repositoriesOf(registry, there.onGap)).rejects.toMatchObject({
        code: 'registry-unreachable',
        retryable: true,
      });
    });

    it('lists by the other permission when one is missing, with what the manifests say', async () => {
      const there = await setting();
      const digests = await fill(there, 'app', 250);
      const below = image([await layer([])]);
      push(there.aws.region(REGION), 'app', 'multi', index([below]));
      const known = await imagesOf(there.connect(), 'app', there.onGap);
      there.aws.putRole(without('ecr:DescribeImages'));

      const images = await imagesOf(there.connect(), 'app', there.onGap);

      expect(images).toHaveLength(251);
      expect(count(there.actions(), 'BatchGetImage')).toBe(3);
      const [first = ''] = digests;
      const { pushedAt: _, ...same } = known.find(({ digest }) => digest === first) as (typeof known)[number];
      expect(images).toContainEqual(same);
      expect(there.gaps).toEqual([]);
    });

    it('reports one image among a hundred that is broken, and gives the others', async () => {
      const there = await setting();
      const digests = await fill(there, 'app', 100);
      there.aws.putRole(without('ecr:DescribeImages'));
      const [locked = '', changed = ''] = digests;
      there.aws.failImage(locked, 'KmsError');
      there.aws.changeImage(REGION, 'app', changed, { bytes: Buffer.from('{}') });

      const images = await imagesOf(there.connect(), 'app', there.onGap);

      expect(images).toHaveLength(98);
      const found = there.gaps.map(
        ({ subject, name, reason }) => `${subject} ${name.split('@')[1]} ${reason}`,
      );
      expect(new Set(found)).toEqual(
        new Set([`image ${locked} image-key-unusable`, `image ${changed} manifest-digest-mismatch`]),
      );
    });

    it('fails when access is revoked between two pages', async () => {
      const there = await setting();
      await fill(there, 'app', 1001);
      const listing = there.connect().images(repository('app'), there.onGap)[Symbol.asyncIterator]();
      await listing.next();
      there.aws.putRole({ ...customerRole(), policies: [] });

      const rest = async (): Promise<void> => {
        while ((await listing.next()).done !== true);
      };
      await expect(codeOf(rest)).resolves.toBe('repository-forbidden');
    });

    it('asks for a page only when the one before is used up', async () => {
      const there = await setting();
      await fill(there, 'app', 2500);
      const pages = (): number => count(there.actions(), 'DescribeImages');

      const pagesAt: number[] = [];
      for await (const _ of there.connect().images(repository('app'), there.onGap)) pagesAt.push(pages());

      expect([pagesAt[0], pagesAt[999], pagesAt[1000], pagesAt[2499]]).toEqual([1, 1, 2, 3]);
    });

    it('lists a thousand repositories of a hundred images with one call each', async () => {
      const there = await setting();
      const names = Array.from({ length: 1001 }, (_, at) => `team/app-${at}`);
      const target = there.aws.region(REGION);
      const digests = await fill(there, names[0] as string, 100);
      const manifests = await Promise.all(
        digests.map(async (digest) =>
          (await there.connect().open(repository('team/app-0'), digest)).manifest(),
        ),
      );
      for (const name of names.slice(1)) {
        for (const [at, { bytes, mediaType }] of manifests.entries())
          target.putManifest(name, `v${at}`, bytes, mediaType);
      }
      const before = there.aws.calls.length;
      const registry = there.connect();

      let listed = 0;
      for await (const found of registry.repositories(there.onGap)) {
        for await (const { tags } of registry.images(found, there.onGap)) listed += tags.length;
      }

      expect(listed).toBe(100_100);
      expect(there.gaps).toEqual([]);
      const actions = there.aws.calls.slice(before).map(({ action }) => action);
      expect(count(actions, 'DescribeRepositories')).toBe(2);
      expect(count(actions, 'DescribeImages')).toBe(1001);
      expect(actions).toHaveLength(2 + 1001);
    });
  });
});
