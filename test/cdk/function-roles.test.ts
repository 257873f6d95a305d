import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { discover } from '../../lambda/handlers/discover.ts';
import { openHub } from '../../lambda/handlers/hub.ts';
import { integrations } from '../../lambda/handlers/integrations.ts';
import { refresh } from '../../lambda/handlers/refresh-advisories.ts';
import { rematch } from '../../lambda/handlers/rematch.ts';
import { scan } from '../../lambda/handlers/scan.ts';
import type { IntegrationAnswer } from '../../lambda/integrations/index.ts';
import type { RematchMessage } from '../../lambda/scan/index.ts';
import {
  ENVIRONMENT,
  FUNCTIONS,
  type FunctionName,
  OBJECT_PREFIXES,
} from '../../lambda/shared/environment.ts';
import { type DynamoDBDouble, startDynamoDB } from '../doubles/aws/dynamodb.ts';
import { Iam, type Role } from '../doubles/aws/iam.ts';
import { type AwsDouble, startAws } from '../doubles/aws/index.ts';
import { type S3Double, startS3 } from '../doubles/aws/s3.ts';
import { type SqsDouble, startSqs } from '../doubles/aws/sqs.ts';
import { contextWith, sqsEvent } from '../lambda/handlers/bench.ts';
import { DEBIAN_12, dpkg, RECORDS } from '../lambda/scan/bench.ts';
import { INTEGRATION } from '../lambda/scan/registry-images/bench.ts';
import { writeMirror } from '../lambda/vulnerabilities/mirror.ts';
import { CUSTOMER_ROLE, customerRole, EXTERNAL_ID } from '../support/aws-roles.ts';
import { CUSTOMER, type Policy } from '../support/cdk.ts';
import { deployedHub, environmentOf, HUB_ACCOUNT, HUB_REGION, roleOf } from '../support/hub.ts';
import { image, layer, push } from '../support/image-builder.ts';
import { type Deed, doneAround, doneInItsName, keyOf } from '../support/rights.ts';
import { isAllowed } from '../support/simulate.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const template = deployedHub();
const reader = deployed('reader');
const roles = [reader, ...FUNCTIONS.map(deployed)];
const key = keyOf(template);
const path = temporaryDirectory();
const time = contextWith(900_000);
const before = { ...process.env };

let aws: AwsDouble;
let s3: S3Double;
let dynamo: DynamoDBDouble;
let sqs: SqsDouble;
const deeds = new Map<FunctionName, readonly Deed[]>();

/** Runs a function's code in its environment and with the credentials of its role, and notes what it asked for. */
async function run(
  name: FunctionName,
  work: (hub: ReturnType<typeof openHub>) => Promise<unknown>,
): Promise<void> {
  // The SDK asks a queue at the host of its address.
  const environment = Object.fromEntries(
    Object.entries(environmentOf(template, name)).map(([variable, value]) => [
      variable,
      value.replace(`https://sqs.${HUB_REGION}.amazonaws.com`, sqs.origin),
    ]),
  );
  const keys = aws.sessionOf(deployed(name).arn);
  Object.assign(process.env, environment, {
    AWS_REGION: HUB_REGION,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.origin,
    AWS_ENDPOINT_URL_S3: s3.origin,
    AWS_ENDPOINT_URL_SQS: sqs.origin,
    AWS_ENDPOINT_URL_STS: aws.origin,
    AWS_ENDPOINT_URL_ECR: aws.origin,
    AWS_MAX_ATTEMPTS: '1',
    POWERTOOLS_TRACE_ENABLED: 'false',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    TMPDIR: path('tmp'),
    [ENVIRONMENT.osvMirror]: `file:${path('mirror')}`,
    [ENVIRONMENT.amazonMirror]: `file:${path('nothing')}`,
    [ENVIRONMENT.epssUrl]: `file:${path('nothing')}`,
    [ENVIRONMENT.kevUrl]: `file:${path('nothing')}`,
  });
  const seen = [
    s3.requests.length,
    dynamo.requests.length,
    sqs.sent.length,
    sqs.putOff.length,
    aws.calls.length,
  ] as const;
  await work(openHub(name, process.env));
  deeds.set(name, [...(deeds.get(name) ?? []), ...deedsSince(name, environment, seen)]);
}

function deedsSince(
  name: FunctionName,
  environment: Readonly<Record<string, string>>,
  [objects, items, messages, putOff, calls]: readonly [number, number, number, number, number],
): readonly Deed[] {
  const table = `arn:aws:dynamodb:${HUB_REGION}:${HUB_ACCOUNT}:table/${environment[ENVIRONMENT.table]}`;
  const S3_ACTIONS: Readonly<Record<string, string>> = {
    GET: 's3:GetObject',
    HEAD: 's3:GetObject',
    PUT: 's3:PutObject',
    DELETE: 's3:DeleteObject',
  };
  return [
    ...s3.requests.slice(objects).map((request) => {
      const [method = '', key = ''] = request.split(' ');
      const resource = `arn:aws:s3:::${environment[ENVIRONMENT.bucket]}/${key}`;
      return { action: S3_ACTIONS[method] ?? method, resource };
    }),
    ...dynamo.requests
      .slice(items)
      .map((operation) => ({ action: `dynamodb:${operation}`, resource: table })),
    ...sqs.sent
      .slice(messages)
      .map(({ queueUrl }) => ({ action: 'sqs:SendMessage', resource: queueArn(queueUrl) })),
    ...sqs.putOff
      .slice(putOff)
      .map(({ queueUrl }) => ({ action: 'sqs:ChangeMessageVisibility', resource: queueArn(queueUrl) })),
    ...aws.calls
      .slice(calls)
      .filter(({ caller }) => caller.includes(`/backline-${name}/`) || caller === deployed(name).arn)
      .map(({ service, action }) => ({
        action: `${service}:${action}`,
        resource: reader.arn,
      })),
  ];
}

function queueArn(url: string): string {
  return `arn:aws:sqs:${HUB_REGION}:${HUB_ACCOUNT}:${url.split('/').at(-1)}`;
}

/** Everything that is done with the rights of a function: by its code, around it, and in its name. */
function doneFor(name: FunctionName): readonly Deed[] {
  const own = [...(deeds.get(name) ?? []), ...doneAround(template, name)];
  const all = [...own, ...own.flatMap((deed) => doneInItsName(deed, key.arn))];
  return [...new Map(all.map((deed) => [JSON.stringify(deed), deed])).values()];
}

function deployed(name: FunctionName | 'reader'): Role {
  const { arn, trust, grants } = roleOf(template, name);
  return { arn, trust, policies: [grants] };
}

type Statement = {
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: { readonly StringEquals?: Readonly<Record<string, string>> };
};

/** Every pair of action and resource a role is granted, and through which service. */
function grantsOf({ policies }: Role): readonly Deed[] {
  const statements = policies.flatMap(({ Statement }) => Statement as readonly Statement[]);
  return statements.flatMap(({ Action, Resource, Condition }) => {
    const via = Condition?.StringEquals?.['kms:ViaService'];
    const through = via === undefined ? {} : { via };
    return [Action]
      .flat()
      .flatMap((action) => [Resource].flat().map((resource) => ({ action, resource, ...through })));
  });
}

function covers(grant: Deed, deed: Deed): boolean {
  const { resource } = grant;
  return (
    grant.action === deed.action &&
    grant.via === deed.via &&
    (resource.endsWith('*') ? deed.resource.startsWith(resource.slice(0, -1)) : deed.resource === resource)
  );
}

beforeAll(async () => {
  await mkdir(path('tmp'), { recursive: true });
  const customer = customerRole({ trustedPrincipal: reader.arn });
  aws = await startAws({ accountId: CUSTOMER, roles: [...roles, customer] });
  const environment = environmentOf(template, 'scan');
  s3 = await startS3(environment[ENVIRONMENT.bucket] as string);
  dynamo = await startDynamoDB(environment[ENVIRONMENT.table] as string, { pageItems: 50 });
  sqs = await startSqs();
  await writeMirror(path('mirror'), { Debian: RECORDS.Debian });
  await exercise();
}, 120_000);

afterAll(async () => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, before);
  await Promise.all([aws.close(), s3.close(), dynamo.close(), sqs.close()]);
});

/** A day in the life of a hub: everything each function does is done at least once. */
async function exercise(): Promise<void> {
  const debian = async (version: string) =>
    image([await layer([DEBIAN_12, dpkg({ 'libssl3 openssl': version })])]);
  const registry = aws.region(HUB_REGION);
  const first = await debian('3.0.9-1');
  for (const tag of ['latest', '3.0.9']) push(registry, 'team/app', tag, first);
  const bad = await debian('3.0.8-1');
  push(registry, 'team/bad', '1', bad);
  aws.failImage(bad.descriptor.digest, 'KmsError');

  const integration = {
    provider: 'ecr',
    id: INTEGRATION.id,
    roleArn: CUSTOMER_ROLE,
    externalId: EXTERNAL_ID,
    regions: [HUB_REGION],
  };
  const answers: IntegrationAnswer[] = [];
  for (const command of [
    { action: 'connect', integration },
    { action: 'list' },
    { action: 'test', id: INTEGRATION.id },
  ]) {
    await run('integrations', async (hub) => void answers.push(await integrations(command, hub)));
  }
  if (answers.some(({ error }) => error !== undefined)) throw new Error(JSON.stringify(answers));
  await run('discover', (hub) => discover(sqsEvent([{ version: 1, kind: 'reconcile' }]), time, hub));
  const look = take('DiscoverWorkQueue');
  await run('discover', (hub) => discover(look, time, hub));
  await run('refresh-advisories', (hub) => refresh(hub));
  const scans = take('ScanWorkQueue');
  await run('scan', (hub) => scan(scans, time, hub));
  push(registry, 'team/app', 'latest', await debian('3.0.10-1'));
  await run('discover', (hub) => discover(look, time, hub));
  await writeMirror(path('mirror'), { Debian: RECORDS.Debian.slice(1), npm: RECORDS.npm });
  await run('refresh-advisories', (hub) => refresh(hub));
  const rematches = take('RematchWorkQueue');
  await run('rematch', (hub) => rematch(rematches, hub));
  await fail(rematches);
}

/** What does not work out: messages that cannot be read, and a table that is away for a moment. */
async function fail(rematches: SQSEvent): Promise<void> {
  const unreadable = sqsEvent(['{']);
  const away = (): void => dynamo.fail({ kind: 'refuse', status: 500, code: 'InternalServerError' });
  const [look, images] = [take('DiscoverWorkQueue'), take('ScanWorkQueue')];
  await run('discover', (hub) => discover(unreadable, time, hub));
  await run('scan', (hub) => scan(unreadable, time, hub));
  await run('rematch', (hub) => rematch(unreadable, hub));
  away();
  await run('discover', (hub) => discover(one(look), time, hub));
  away();
  await run('scan', (hub) => scan(one(images), time, hub));
  away();
  await run('rematch', (hub) => rematch(one(rematches), hub));
  const inventory = [...s3.objects.keys()].find((key) => key.startsWith(OBJECT_PREFIXES.inventories));
  s3.lose(inventory as string);
  await run('rematch', (hub) => rematch(one(rematches), hub));
  const digests = rematches.Records.flatMap(({ body }) => (JSON.parse(body) as RematchMessage).digests);
  const both = { version: 1, kind: 'rematch', digests: [...digests, ...digests] };
  await run('rematch', (hub) => rematch(sqsEvent([both], 2), hub));
}

function one({ Records }: SQSEvent): SQSEvent {
  return { Records: Records.slice(0, 1) };
}

/** The messages in a queue, as Lambda would hand them over. */
function take(queue: string) {
  const messages = sqs.sent.filter(({ queueUrl }) => queueUrl.includes(`/${queue}`));
  return sqsEvent(messages.map(({ body }) => body));
}

describe('cdk/function-roles', () => {
  it.each(FUNCTIONS)('allow everything the function %s asks for', async (name) => {
    const { arn, grants } = roleOf(template, name);
    const asked = doneFor(name);

    const refused: Deed[] = [];
    for (const deed of asked) {
      const { action, resource, via } = deed;
      const request = { principal: arn, action, resource, account: HUB_ACCOUNT };
      const context = via === undefined ? {} : { 'kms:ViaService': via };
      const policy = action === 'sts:AssumeRole' ? reader.trust : via === undefined ? undefined : key.policy;
      if (!(await isAllowed({ ...request, context }, grants, policy as Policy))) refused.push(deed);
    }

    expect(deeds.get(name)?.length).toBeGreaterThan(2);
    expect(refused).toEqual([]);
  });

  it.each(FUNCTIONS)('allow the function %s nothing that it does not ask for', (name) => {
    const asked = doneFor(name);

    const idle = grantsOf(deployed(name)).filter((grant) => !asked.some((deed) => covers(grant, deed)));

    expect(idle).toEqual([]);
  });

  it('lead from the function through the reader role to the account, and no other way', async () => {
    const assumed = aws.calls.filter(({ action }) => action === 'AssumeRole').map(({ caller }) => caller);

    expect(assumed.some((caller) => caller.includes('backline-scan'))).toBe(true);
    const iam = new Iam([...roles, customerRole({ trustedPrincipal: reader.arn })]);
    expect(
      await iam.isAllowed({
        principal: deployed('scan').arn,
        action: 'sts:AssumeRole',
        resource: `arn:aws:iam::${CUSTOMER}:role/BacklineECRIntegrationRole`,
        accountId: CUSTOMER,
        context: { 'sts:ExternalId': EXTERNAL_ID },
      }),
    ).toBe(false);
  });
});
