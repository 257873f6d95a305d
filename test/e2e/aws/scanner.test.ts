import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { reportKey } from '../../../lambda/scan/index.ts';
import { type RunningRegistry, startRegistry } from '../../../scripts/debian-image/serve.ts';
import { type AwsDouble, startAws } from '../../doubles/aws/index.ts';
import { pushEvent } from '../../doubles/aws/push-event.ts';
import { call } from '../../support/aws/call.ts';
import { type CdkCli, type Context, cdkCli } from '../../support/aws/cdk-cli.ts';
import { accessKeyOf, deployedRole } from '../../support/aws/deployed-role.ts';
import { type MiniStack, REGION, startMiniStack } from '../../support/aws/mini-stack.ts';
import { runProgram } from '../../support/aws/run-program.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { FIRST_TAGS, makeImages, type SampleImages } from '../images.ts';
import { type AdvisoryMirrors, record, serveAdvisories } from './advisories.ts';
import { deployedHub, type Hub, until } from './hub.ts';
import { leftOf } from './left-over.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const HUB = '111122223333';
const CUSTOMER = '444455556666';
const EXTERNAL_ID = 'of-this-integration-alone';
const INTEGRATION = `ecr-${CUSTOMER}`;
const HOST = `${CUSTOMER}.dkr.ecr.${REGION}.amazonaws.com`;
const SCANNER = 'BacklineScanner';
const CONNECTION = ['BacklineECRIntegration', `BacklineECRRegion-${REGION}`];
/** Functions that speak with registries. */
const READERS = ['discover', 'scan', 'integrations'];

describe('e2e/aws/scanner', () => {
  const path = temporaryDirectory();
  let stack: MiniStack;
  let registry: RunningRegistry;
  let images: SampleImages;
  let mirrors: AdvisoryMirrors;
  let aws: AwsDouble;
  let hubCdk: CdkCli;
  let options: Context;
  let hub: Hub;

  beforeAll(async () => {
    for (const folder of ['images', 'registry', 'emulator', 'mirror']) mkdirSync(path(folder));
    stack = await startMiniStack(path('emulator'), HUB);
    images = makeImages(path('images'), await sitePackages(stack));
    registry = await startRegistry(path('registry'));
    images.pushFirst(registry.host);
    mirrors = await serveAdvisories(path('mirror'));
    const roleOf = (name: string): string => `arn:aws:iam::${HUB}:role/backline-${name}`;
    aws = await startAws({
      accountId: CUSTOMER,
      roles: [],
      keys: Object.fromEntries(
        READERS.map((name) => [accessKeyOf(HUB, `backline-${name}`, roleOf(name)), roleOf(name)]),
      ),
      upstream: { origin: `http://${registry.host}`, region: REGION },
    });

    const { osvMirror, amazonMirror, epssUrl, kevUrl } = mirrors;
    const endpoints = { ecrEndpoint: aws.origin, stsEndpoint: aws.origin };
    options = {
      stack: SCANNER,
      customerAccounts: CUSTOMER,
      osvMirror,
      amazonMirror,
      epssUrl,
      kevUrl,
      ...endpoints,
    };
    hubCdk = cdkCli(stack, HUB, path());
    await hubCdk.bootstrap();
    const outputs = (await hubCdk.deploy([SCANNER], options))[SCANNER] ?? {};
    hub = deployedHub(stack, HUB, outputs);
    await cdkCli(stack, CUSTOMER, path()).deploy(CONNECTION, {
      externalId: EXTERNAL_ID,
      trustedPrincipal: outputs['ReaderRoleArn'] ?? '',
      pushBus: outputs['PushBusArn'] ?? '',
      regions: REGION,
    });
    for (const name of [...READERS.map((one) => `backline-${one}`), 'BacklineIntegrationReadOnlyECR']) {
      aws.putRole(await deployedRole(stack, HUB, name));
    }
    aws.putRole(await deployedRole(stack, CUSTOMER, 'BacklineECRIntegrationRole'));
  }, 300_000);

  afterAll(async () => {
    await stack?.stop();
    await Promise.all([registry?.stop(), mirrors?.stop(), aws?.close()]);
  });

  /** Every tag of the registry with the digest it points to. */
  async function tags(): Promise<ReadonlyMap<string, string>> {
    const digests = new Map<string, string>();
    for (const [name, ofName] of Object.entries(FIRST_TAGS)) {
      for (const tag of ofName) digests.set(`${name}:${tag}`, await digestOf(registry.host, name, tag));
    }
    return digests;
  }

  /** Layers and configurations that were asked for, in order. */
  function pulled(): readonly string[] {
    return aws.layerRequests.map(({ digest }) => digest);
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
      stack.environment(HUB),
    );
  }

  /** As ECR does, in the customer's account. */
  async function tellOfPush(name: string, tag: string, digest: string): Promise<void> {
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const image = {
      digest,
      mediaType,
      bytes: Buffer.of(),
      tags: [tag],
      pushedAt: new Date(),
      status: 'ACTIVE',
    } as const;
    const {
      source: Source,
      'detail-type': DetailType,
      detail,
    } = pushEvent(CUSTOMER, REGION, name, image, tag);
    await call(stack, CUSTOMER, ['events', 'put_events'], {
      Entries: [{ Source, DetailType, Detail: JSON.stringify(detail) }],
    });
  }

  /** What the command line says of an image, which it pulls from the registry itself. */
  async function scannedHere(image: string): Promise<unknown> {
    const file = path('here.json');
    const { osvMirror, amazonMirror, epssUrl, kevUrl } = mirrors;
    await backline([
      'scan',
      `${registry.host}/${image}`,
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

  async function findingsOf(digest: string): Promise<readonly string[]> {
    const { reports } = (await hub.json(reportKey(digest))) as Document;
    return reports.flatMap(({ findings }) => findings.map(({ id }) => id));
  }

  async function reconcile(): Promise<void> {
    const before = await startedAt();
    await hub.fire('Reconcile', async () => (await startedAt()) !== before);
    await hub.settle();
  }

  async function startedAt(): Promise<unknown> {
    return (await discovery())?.['startedAt'];
  }

  async function discovery(): Promise<Readonly<Record<string, unknown>> | undefined> {
    const records = await hub.records(`integration#${INTEGRATION}`);
    return records.find(({ sk }) => sk === 'discovery');
  }

  it('fetches the advisories by its schedule', async () => {
    await hub.fire('RefreshAdvisories', async () =>
      (await hub.keys('advisories/')).some((key) => key.includes('manifest')),
    );

    expect(await hub.keys('advisories/')).toContainEqual(expect.stringContaining('npm'));
  }, 180_000);

  it('refuses to connect an account with a wrong external id', async () => {
    await expect(connect('of-another-integration')).rejects.toThrow('role-refused');

    expect(await discovery()).toBeUndefined();
  });

  it('finds every repository of an account once it is connected, and scans every tagged image once', async () => {
    await connect(EXTERNAL_ID);
    await until(async () => (await discovery())?.['finishedAt'] !== undefined);
    await hub.settle();

    const expected = [...new Set((await tags()).values())];
    expect(await discovery()).toMatchObject({ repositories: 3, requested: expected.length, gaps: [] });
    expect([...(await hub.keys('reports/'))].sort()).toEqual(expected.map(reportKey).sort());
    expect(await hub.deadLetters()).toBe(0);
  }, 180_000);

  it.each(['team/base:12', 'team/app:1', 'tools/multi:1'])(
    'stores of %s what the command line reports of it',
    async (image) => {
      const stored = await hub.json(reportKey((await tags()).get(image) ?? ''));

      expect(comparable(stored)).toEqual(comparable(await scannedHere(image)));
      expect(comparable(stored).reports.flatMap(({ packages }) => packages).length).toBeGreaterThan(2);
    },
    120_000,
  );

  it('pulls no layer when it looks a second time, by its schedule', async () => {
    const before = pulled().length;

    await reconcile();

    expect(await discovery()).toMatchObject({ repositories: 3, requested: 0 });
    expect(pulled().slice(before)).toEqual([]);
  }, 180_000);

  it('pulls no layer either for an image that it knows nothing of but its layers', async () => {
    const digest = (await tags()).get('team/app:1') ?? '';
    await hub.forget(`image#${digest}`, 'image');
    await hub.forget(`repository#${HOST}/team/app`, 'tag#1');

    await reconcile();

    expect(await discovery()).toMatchObject({ requested: 1 });
    const stored = (await hub.json(reportKey(digest))) as Document;
    expect(stored.reports).toMatchObject([{ bytesPulled: 0, layersReused: 2 }]);
  }, 180_000);

  it('scans an image that was pushed, at once, and pulls of it what is new', async () => {
    const known = new Set(await hub.keys('reports/'));
    const before = pulled().length;
    const digest = images.pushSecond(registry.host);

    await tellOfPush('team/app', '2', digest);
    await until(async () => (await hub.keys('reports/')).includes(reportKey(digest)));
    await hub.settle();

    const stored = (await hub.json(reportKey(digest))) as Document;
    expect((await hub.keys('reports/')).filter((key) => !known.has(key))).toEqual([reportKey(digest)]);
    expect(stored.reports).toMatchObject([{ layersReused: 2 }]);
    expect(pulled().slice(before)).toHaveLength(2);
    expect(stored.reports[0]?.packages).toContainEqual(expect.objectContaining({ name: 'zod' }));
  }, 180_000);

  it('finds what became known since in the images that hold it, and pulls nothing', async () => {
    const digest = (await tags()).get('team/app:1') ?? '';
    const before = pulled().length;
    await mirrors.publish('npm', record('GHSA-aaaa-bbbb-cccc', 'npm', 'commander', '9999.0.0'));

    await hub.fire('RefreshAdvisories', async () =>
      (await findingsOf(digest)).includes('GHSA-aaaa-bbbb-cccc'),
    );
    await hub.settle();

    expect(await findingsOf((await tags()).get('team/base:12') ?? '')).not.toContain('GHSA-aaaa-bbbb-cccc');
    expect(pulled().slice(before)).toEqual([]);
  }, 180_000);

  it('deploys a changed stack over what it knows', async () => {
    await hubCdk.deploy([SCANNER], {
      ...options,
      maximumConcurrency: '3',
      reconcileSchedule: 'rate(2 hours)',
    });
    const { EventSourceMappings } = (await call(stack, HUB, ['lambda', 'list_event_source_mappings'], {
      FunctionName: 'backline-scan',
    })) as { readonly EventSourceMappings: readonly unknown[] };

    await reconcile();

    expect(EventSourceMappings).toMatchObject([{ ScalingConfig: { MaximumConcurrency: 3 } }]);
    expect(await discovery()).toMatchObject({ repositories: 3, requested: 0 });
  }, 180_000);

  it('leaves data alone behind when it is destroyed', async () => {
    const kept = await hub.keys('');

    await hubCdk.destroy([SCANNER], options);

    expect(await leftOf(stack, HUB)).toEqual([
      'AWS::DynamoDB::Table 1',
      'AWS::KMS::Key 1',
      'AWS::Logs::LogGroup 5',
      'AWS::S3::Bucket 1',
    ]);
    expect(await hub.keys('')).toEqual(kept);
  }, 120_000);
});

async function backline(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
  await runProgram(['npx', '--no-install', 'backline', ...args], { cwd: ROOT, env });
}

async function sitePackages({ python }: MiniStack): Promise<string> {
  const { stdout } = await runProgram([
    python,
    '-c',
    'import sysconfig; print(sysconfig.get_path("purelib"))',
  ]);
  return stdout.trim();
}

async function digestOf(host: string, name: string, tag: string): Promise<string> {
  const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
  const answer = await fetch(`http://${host}/v2/${name}/manifests/${tag}`, { headers: { accept } });
  return `sha256:${createHash('sha256')
    .update(Buffer.from(await answer.arrayBuffer()))
    .digest('hex')}`;
}

interface Document {
  readonly reports: readonly {
    readonly image: object;
    readonly bytesPulled: number;
    readonly packages: readonly { readonly name: string }[];
    readonly findings: readonly { readonly id: string }[];
  }[];
}

/** A document without what says when and how it came about, and where the image was pulled from. */
function comparable(document: unknown): Document {
  const without = new Set(['scannedAt', 'timings', 'bytesPulled', 'layersReused', 'builtAt', 'checkedAt']);
  const text = JSON.stringify(document, (key, value: unknown) => (without.has(key) ? undefined : value));
  const parsed = JSON.parse(text) as Document;
  const reports = parsed.reports.map((report) => ({
    ...report,
    image: { ...report.image, name: '', reference: '' },
  }));
  return { ...parsed, reports };
}
