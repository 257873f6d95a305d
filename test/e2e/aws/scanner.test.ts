import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { reportKey } from '../../../lambda/scan/index.ts';
import { pushEvent } from '../../doubles/aws/push-event.ts';
import { call } from '../../support/aws/call.ts';
import { REGION } from '../../support/aws/mini-stack.ts';
import { runProgram } from '../../support/aws/run-program.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { FIRST_TAGS } from '../images.ts';
import { record } from './advisories.ts';
import { CONNECTION, CUSTOMER, type Deployment, deployAll, EXTERNAL_ID, HUB, SCANNER } from './deployment.ts';
import { complaints, type Hub, until } from './hub.ts';
import { leftOf } from './left-over.ts';
import { comparable, type ReportDocument } from './report-document.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const INTEGRATION = `ecr-${CUSTOMER}`;
const HOST = `${CUSTOMER}.dkr.ecr.${REGION}.amazonaws.com`;

describe('e2e/aws/scanner', () => {
  const path = temporaryDirectory();
  let all: Deployment;
  let hub: Hub;

  beforeAll(async () => {
    all = await deployAll(path());
    hub = all.hub;
  }, 300_000);

  afterAll(() => all?.stop());

  /** Digest that a tag of the registry points to: `team/app:1`. */
  async function digestOf(image: string): Promise<string> {
    const [name, tag] = image.split(':');
    const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
    const address = `http://${all.registry.host}/v2/${name}/manifests/${tag}`;
    const answer = await fetch(address, { headers: { accept } });
    const bytes = Buffer.from(await answer.arrayBuffer());
    return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  }

  /** Layers and configurations that were asked for, in order. */
  function pulled(): readonly string[] {
    return all.aws.layerRequests.map(({ digest }) => digest);
  }

  /** As an operator does, with the command line. */
  async function connect(externalId: string): Promise<void> {
    await backline(
      [
        'connect',
        'ecr',
        `--role-arn=arn:aws:iam::${CUSTOMER}:role/BacklineECRIntegrationRole`,
        `--external-id=${externalId}`,
        `--region=${REGION}`,
        '--hub=backline-integrations',
      ],
      all.stack.environment(HUB),
    );
  }

  /** As ECR does, in the customer's account. */
  async function tellOfPush(name: string, tag: string, digest: string): Promise<void> {
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const pushed = { digest, mediaType, bytes: Buffer.of(), tags: [tag], pushedAt: new Date() };
    const event = pushEvent(CUSTOMER, REGION, name, { ...pushed, status: 'ACTIVE' }, tag);
    await call(all.stack, CUSTOMER, ['events', 'put_events'], {
      Entries: [
        { Source: event.source, DetailType: event['detail-type'], Detail: JSON.stringify(event.detail) },
      ],
    });
  }

  /** What the command line says of an image, which it pulls from the registry itself. */
  async function scannedHere(image: string): Promise<unknown> {
    const file = path('here.json');
    const { osvMirror, amazonMirror, epssUrl, kevUrl } = all.mirrors;
    await backline([
      'scan',
      `${all.registry.host}/${image}`,
      '--all-platforms',
      '--format=json',
      `--output=${file}`,
      '--quiet',
      `--db=${path('db')}`,
      `--mirror=${osvMirror}`,
      `--amazon-mirror=${amazonMirror}`,
      `--epss-url=${epssUrl}`,
      `--kev-url=${kevUrl}`,
    ]);
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  }

  async function stored(digest: string): Promise<ReportDocument> {
    return (await hub.json(reportKey(digest))) as ReportDocument;
  }

  async function findingsOf(digest: string): Promise<readonly string[]> {
    return (await stored(digest)).reports.flatMap(({ findings }) => findings.map(({ id }) => id));
  }

  /** The last look at the account's repositories. */
  async function discovery(): Promise<Readonly<Record<string, unknown>> | undefined> {
    return (await hub.state.get(`integration#${INTEGRATION}`, 'discovery'))?.value;
  }

  async function reconcile(): Promise<void> {
    const before = (await discovery())?.['startedAt'];
    await hub.fire('Reconcile', async () => (await discovery())?.['startedAt'] !== before);
    await hub.settle();
  }

  it('fetches the advisories by its schedule', async () => {
    await hub.fire('RefreshAdvisories', async () =>
      (await hub.keys('advisories/')).some((key) => key.includes('manifest')),
    );

    expect(await hub.keys('advisories/')).toContainEqual(expect.stringContaining('npm'));
  }, 180_000);

  it('rejects an account with a wrong external id', async () => {
    await expect(connect('of-another-integration')).rejects.toThrow(/FAILED +assume-role/);

    await hub.settle();
    expect(await discovery()).toBeUndefined();
  }, 60_000);

  it('finds every repository of an account once it is connected, and scans every tagged image', async () => {
    await connect(EXTERNAL_ID);
    await until(async () => (await discovery())?.['finishedAt'] !== undefined);
    await hub.settle();

    const images = Object.entries(FIRST_TAGS).flatMap(([name, tags]) => tags.map((tag) => `${name}:${tag}`));
    const digests = new Set(await Promise.all(images.map(digestOf)));
    expect(await discovery()).toMatchObject({ repositories: 3, requested: digests.size, gaps: [] });
    expect([...(await hub.keys('reports/'))].sort()).toEqual([...digests].map(reportKey).sort());
    expect(await hub.deadLetters()).toBe(0);
  }, 180_000);

  it.each([
    ['team/base:12', 1, 'CVE-2026-1000'],
    ['team/app:1', 1, 'GHSA-2222-3333-4444'],
    ['tools/multi:1', 2, 'PYSEC-2026-1000'],
  ])(
    'keeps of %s what the command line reports of it',
    async (image, platforms, finding) => {
      const digest = await digestOf(image);
      const document = comparable(await stored(digest));

      expect(document).toEqual(comparable(await scannedHere(image)));
      expect(document.reports).toHaveLength(platforms);
      expect(await findingsOf(digest)).toContain(finding);
    },
    120_000,
  );

  it('pulls no layer when it looks a second time, by its schedule', async () => {
    const before = pulled().length;

    await reconcile();

    expect(await discovery()).toMatchObject({ repositories: 3, requested: 0 });
    expect(pulled().slice(before)).toEqual([]);
  }, 180_000);

  it('pulls no layer either for an image of which it knows the layers alone', async () => {
    const digest = await digestOf('team/app:1');
    await hub.state.delete(`image#${digest}`, 'image');
    await hub.state.delete(`repository#${HOST}/team/app`, 'tag#1');

    await reconcile();

    expect(await discovery()).toMatchObject({ requested: 1 });
    expect((await stored(digest)).reports).toMatchObject([{ bytesPulled: 0, layersReused: 2 }]);
  }, 180_000);

  it('scans an image that was pushed, at once, and pulls of it what is new', async () => {
    const known = new Set(await hub.keys('reports/'));
    const before = pulled().length;
    const digest = all.images.pushSecond(all.registry.host);

    // Events may come more than once; here one comes each half minute until it was heeded.
    let asked = 0;
    await until(
      async () => {
        if (asked++ % 60 === 0) await tellOfPush('team/app', '2', digest);
        return (await hub.keys('reports/')).includes(reportKey(digest));
      },
      () => `there is no report; functions say:\n${complaints(all.stack.log())}`,
    );
    await hub.settle();

    expect((await hub.keys('reports/')).filter((key) => !known.has(key))).toEqual([reportKey(digest)]);
    expect((await stored(digest)).reports).toMatchObject([{ layersReused: 2 }]);
    // One layer and the configuration.
    expect(pulled().slice(before)).toHaveLength(2);
  }, 180_000);

  it('finds what became known since in the images that hold it, and pulls nothing', async () => {
    const [id, digest] = ['GHSA-5555-6666-7777', await digestOf('team/app:1')];
    const before = pulled().length;
    await all.mirrors.publish('npm', record(id, 'npm', 'commander', '9999.0.0'));

    await hub.fire('RefreshAdvisories', async () => (await findingsOf(digest)).includes(id));
    await hub.settle();

    expect(await findingsOf(await digestOf('team/app:2'))).toContain(id);
    expect(await findingsOf(await digestOf('team/base:12'))).not.toContain(id);
    expect(pulled().slice(before)).toEqual([]);
  }, 180_000);

  it('deploys a changed stack over what it knows', async () => {
    const change = { maximumConcurrency: '3', reconcileSchedule: 'rate(2 hours)' };
    await all.hubCdk.deploy([SCANNER], { ...all.options, ...change });

    await reconcile();

    const mappings = await call(all.stack, HUB, ['lambda', 'list_event_source_mappings'], {
      FunctionName: 'backline-scan',
    });
    expect(mappings).toMatchObject({
      EventSourceMappings: [{ ScalingConfig: { MaximumConcurrency: 3 } }],
    });
    expect(await discovery()).toMatchObject({ repositories: 3, requested: 0 });
  }, 180_000);

  it('leaves data alone behind when it is destroyed', async () => {
    const kept = await hub.keys('');

    await all.hubCdk.destroy([SCANNER], all.options);
    await all.customerCdk.destroy(CONNECTION, all.connection);

    expect(await leftOf(all.stack, HUB)).toEqual([
      'AWS::DynamoDB::Table 1',
      'AWS::KMS::Key 1',
      'AWS::Logs::LogGroup 5',
      'AWS::S3::Bucket 1',
    ]);
    expect(await leftOf(all.stack, CUSTOMER)).toEqual([]);
    expect(await hub.keys('')).toEqual(kept);
  }, 120_000);
});

async function backline(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
  await runProgram(['npx', '--no-install', 'backline', ...args], { cwd: ROOT, env });
}
