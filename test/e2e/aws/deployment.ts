import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningRegistry, startRegistry } from '../../../scripts/debian-image/serve.ts';
import { type AwsDouble, startAws } from '../../doubles/aws/index.ts';
import { type CdkCli, type Context, cdkCli } from '../../support/aws/cdk-cli.ts';
import { accessKeyOf, deployedRole } from '../../support/aws/deployed-role.ts';
import { type MiniStack, REGION, startMiniStack } from '../../support/aws/mini-stack.ts';
import { runProgram } from '../../support/aws/run-program.ts';
import { makeImages, type SampleImages } from '../images.ts';
import { type AdvisoryMirrors, record, serveAdvisories } from './advisories.ts';
import { deployedHub, type Hub } from './hub.ts';

export const HUB = '111122223333';
export const CUSTOMER = '444455556666';
export const EXTERNAL_ID = 'of-this-integration-alone';
export const SCANNER = 'BacklineScanner';
export const CONNECTION = ['BacklineECRIntegration', `BacklineECRRegion-${REGION}`];
/** Functions that speak with registries, which the doubles must know. */
const READERS = ['discover', 'scan', 'integrations'];
const READER_ROLE = 'BacklineIntegrationReadOnlyECR';

/** A hub and a customer's account in one emulator, and what stands around them. */
export interface Deployment {
  readonly stack: MiniStack;
  readonly registry: RunningRegistry;
  readonly images: SampleImages;
  readonly mirrors: AdvisoryMirrors;
  /** ECR and STS, over the registry. */
  readonly aws: AwsDouble;
  readonly hub: Hub;
  readonly hubCdk: CdkCli;
  readonly customerCdk: CdkCli;
  /** What the hub was deployed with. */
  readonly options: Context;
  readonly connection: Context;
  readonly stop: () => Promise<void>;
}

/** Starts everything with its files below `folder`, and deploys the stacks of both accounts. Nothing is connected yet. */
export async function deployAll(folder: string): Promise<Deployment> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.toReversed()) await one();
  };
  try {
    return { ...(await deploy(folder, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function deploy(folder: string, stops: (() => Promise<void>)[]): Promise<Omit<Deployment, 'stop'>> {
  const below = (name: string): string => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };
  const registry = await startRegistry(below('registry'));
  stops.push(() => registry.stop());
  const mirrors = await serveAdvisories(below('mirror'));
  stops.push(mirrors.stop);
  const aws = await startAws({
    accountId: CUSTOMER,
    roles: [],
    keys: Object.fromEntries(
      READERS.map((name) => [accessKeyOf(HUB, `backline-${name}`, roleArn(name)), roleArn(name)]),
    ),
    upstream: { origin: `http://${registry.host}`, region: REGION },
  });
  stops.push(aws.close);
  const stack = await startMiniStack(below('emulator'), HUB);
  stops.push(stack.stop);

  const images = makeImages(below('images'), await sitePackages(stack));
  images.pushFirst(registry.host);
  const debian = `Debian:${debianRelease()}`;
  await mirrors.publish('Debian', record('DEBIAN-CVE-2026-1000', debian, 'base-files', '9999'));
  await mirrors.publish('npm', record('GHSA-2222-3333-4444', 'npm', 'uuid', '9999.0.0'));
  await mirrors.publish('PyPI', record('PYSEC-2026-1000', 'PyPI', 'six', '9999'));

  const { osvMirror, amazonMirror, epssUrl, kevUrl } = mirrors;
  const addresses = { osvMirror, amazonMirror, epssUrl, kevUrl };
  const endpoints = { ecrEndpoint: aws.origin, stsEndpoint: aws.origin };
  const options: Context = { stack: SCANNER, customerAccounts: CUSTOMER, ...addresses, ...endpoints };
  const hubCdk = cdkCli(stack, HUB, folder);
  await hubCdk.bootstrap();
  const outputs = (await hubCdk.deploy([SCANNER], options))[SCANNER] ?? {};
  const customerCdk = cdkCli(stack, CUSTOMER, folder);
  const connection: Context = {
    externalId: EXTERNAL_ID,
    trustedPrincipal: outputs['ReaderRoleArn'] ?? '',
    pushBus: outputs['PushBusArn'] ?? '',
    regions: REGION,
  };
  await customerCdk.deploy(CONNECTION, connection);

  const ofHub = [...READERS.map((name) => `backline-${name}`), READER_ROLE];
  const roles = [
    ...ofHub.map((name) => deployedRole(stack, HUB, name)),
    deployedRole(stack, CUSTOMER, 'BacklineECRIntegrationRole'),
  ];
  for (const role of await Promise.all(roles)) aws.putRole(role);
  const hub = deployedHub(stack, HUB, outputs);
  return { stack, registry, images, mirrors, aws, hub, hubCdk, customerCdk, options, connection };
}

function roleArn(name: string): string {
  return `arn:aws:iam::${HUB}:role/backline-${name}`;
}

async function sitePackages({ python }: MiniStack): Promise<string> {
  const { stdout } = await runProgram([
    python,
    '-c',
    'import sysconfig; print(sysconfig.get_path("purelib"))',
  ]);
  return stdout.trim();
}

/** That of this machine, which the images are made of. */
function debianRelease(): string {
  return (
    /^VERSION_ID="?(?<release>\d+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.groups?.['release'] ?? ''
  );
}
