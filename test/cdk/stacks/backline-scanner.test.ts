import { beforeAll, describe, expect, it } from '@jest/globals';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { App } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { HubOptions } from '../../../cdk/hub-config.ts';
import { BacklineScanner } from '../../../cdk/stacks/backline-scanner.ts';
import { ENVIRONMENT, FUNCTIONS, type FunctionName } from '../../../lambda/shared/environment.ts';
import { deployedHub, environmentOf, type HubTemplate, resource, resourcesOf } from '../../support/hub.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

// cdk-nag reads a property that CDK warns of.
process.env['JSII_DEPRECATED'] = 'quiet';

const READER = 'arn:aws:iam::111122223333:role/BacklineIntegrationReadOnlyECR';

const EVERY_OPTION: Required<HubOptions> = {
  customerAccounts: ['444455556666', '777788889999'],
  organizationId: 'o-a1b2c3d4e5',
  reconcileSchedule: 'cron(0 3 * * ? *)',
  advisorySchedule: 'rate(2 hours)',
  maximumConcurrency: 50,
  retainData: false,
  alarmEmail: 'team@backline.example',
  alarmTopic: 'arn:aws:sns:eu-central-1:111122223333:alarms',
  osvMirror: 'https://mirror.example/osv',
  amazonMirror: 'https://mirror.example/amazon',
  epssUrl: 'https://mirror.example/epss.csv.gz',
  kevUrl: 'https://mirror.example/kev.json',
  ecrEndpoint: 'https://ecr-fips.us-east-1.amazonaws.com',
  stsEndpoint: 'https://sts-fips.us-east-1.amazonaws.com',
  azure: true,
};

describe('cdk/stacks/backline-scanner', () => {
  const path = temporaryDirectory();
  let hub: HubTemplate;
  let full: HubTemplate;

  beforeAll(() => {
    hub = deployedHub();
    full = deployedHub(EVERY_OPTION);
  });

  describe('functions', () => {
    it('run on Node 24 and arm64, traced, for as long as there is', () => {
      const functions = resourcesOf(hub, 'AWS::Lambda::Function');

      expect(functions.map(({ FunctionName }) => FunctionName as string).sort()).toEqual(
        FUNCTIONS.map((name) => `backline-${name}`).sort(),
      );
      for (const one of functions) {
        expect(one).toMatchObject({
          Runtime: 'nodejs24.x',
          Architectures: ['arm64'],
          Handler: 'index.handler',
          Timeout: 900,
          TracingConfig: { Mode: 'Active' },
        });
      }
    });

    it.each([
      ['scan', 3008, 10_240],
      ['rematch', 1769, 10_240],
      ['refreshadvisories', 3008, 10_240],
      ['discover', 512, 512],
      ['integrations', 512, 512],
    ])('%s has %d MB of memory and %d MB of disk', (name, memory, disk) => {
      expect(resource(hub, 'AWS::Lambda::Function', `${name}Function`)).toMatchObject({
        MemorySize: memory,
        EphemeralStorage: { Size: disk },
      });
    });

    it('are told of table, bucket, queues and reader role', () => {
      const variables = environmentOf(hub, 'scan');
      const optional = new Set<string>([
        ENVIRONMENT.osvMirror,
        ENVIRONMENT.amazonMirror,
        ENVIRONMENT.epssUrl,
        ENVIRONMENT.kevUrl,
      ]);
      const always = Object.values(ENVIRONMENT).filter((name) => !optional.has(name));

      expect(Object.keys(variables).sort()).toEqual(
        [...always, 'POWERTOOLS_METRICS_NAMESPACE', 'POWERTOOLS_SERVICE_NAME'].sort(),
      );
      expect(variables['BACKLINE_READER_ROLE_ARN']).toBe(READER);
      expect(variables['BACKLINE_SCAN_QUEUE_URL']).toMatch(/[/]ScanWorkQueue/);
    });

    it.each<[FunctionName, string | undefined]>([
      ['discover', 'DiscoverWork'],
      ['scan', 'ScanWork'],
      ['rematch', 'RematchWork'],
      ['refresh-advisories', undefined],
      ['integrations', undefined],
    ])('%s is told of the queue that it works on: %s', (name, work) => {
      const { BACKLINE_OWN_QUEUE_URL: queue, BACKLINE_OWN_DEAD_LETTER_URL: dead } = environmentOf(hub, name);

      expect(queue).toEqual(work && expect.stringContaining(`/${work}Queue`));
      expect(dead).toEqual(work && expect.stringContaining(`/${work}DeadLetters`));
    });

    it('are told of mirrors and endpoints when given', () => {
      expect(environmentOf(full, 'discover')).toMatchObject({
        BACKLINE_OSV_MIRROR: EVERY_OPTION.osvMirror,
        BACKLINE_AMAZON_MIRROR: EVERY_OPTION.amazonMirror,
        BACKLINE_EPSS_URL: EVERY_OPTION.epssUrl,
        BACKLINE_KEV_URL: EVERY_OPTION.kevUrl,
        AWS_ENDPOINT_URL_ECR: EVERY_OPTION.ecrEndpoint,
        AWS_ENDPOINT_URL_STS: EVERY_OPTION.stsEndpoint,
      });
    });

    it('log for three months, each on its own', () => {
      const logs = resourcesOf(hub, 'AWS::Logs::LogGroup');

      expect(logs.map(({ RetentionInDays }) => RetentionInDays)).toEqual(FUNCTIONS.map(() => 90));
    });
  });

  describe('queues', () => {
    it.each(['Discover', 'Scan', 'Rematch'])(
      '%s waits six times the time limit, and puts aside after five tries',
      (name) => {
        const queue = resource(hub, 'AWS::SQS::Queue', `${name}WorkQueue`);

        expect(queue).toMatchObject({ VisibilityTimeout: 6 * 900, MessageRetentionPeriod: 14 * 86_400 });
        expect(queue['KmsMasterKeyId']).toMatch(/^arn:aws:kms:/);
        expect(queue['RedrivePolicy']).toEqual({
          deadLetterTargetArn: expect.stringContaining(`:${name}WorkDeadLetters`),
          maxReceiveCount: 5,
        });
      },
    );

    it.each([
      ['discover', 5, 5],
      ['scan', 10, 50],
      ['rematch', 10, 10],
    ])('%s is worked on by the message, %d at a time, %d when asked for', (name, few, many) => {
      const source = (template: HubTemplate) =>
        resource(template, 'AWS::Lambda::EventSourceMapping', `${name}Work`);

      expect(source(hub)).toMatchObject({
        BatchSize: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: few },
      });
      expect(source(full)).toMatchObject({ ScalingConfig: { MaximumConcurrency: many } });
    });

    it('refuse everything that is not TLS', () => {
      const policies = resourcesOf(hub, 'AWS::SQS::QueuePolicy');

      expect(policies).toHaveLength(6);
      for (const policy of policies) {
        expect(JSON.stringify(policy)).toContain(
          '"Condition":{"Bool":{"aws:SecureTransport":"false"}},"Effect":"Deny"',
        );
      }
    });
  });

  describe('data', () => {
    it('lie in a bucket that is closed to the public, encrypted, and tidied up by age', () => {
      const bucket = resource(hub, 'AWS::S3::Bucket', 'Objects');

      expect(bucket).toMatchObject({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
        LifecycleConfiguration: {
          Rules: [
            { Id: 'layer-results', Prefix: 'layers/', ExpirationInDays: 180, Status: 'Enabled' },
            {
              Id: 'leftovers',
              AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
              NoncurrentVersionExpiration: { NoncurrentDays: 7 },
              ExpiredObjectDeleteMarker: true,
              Status: 'Enabled',
            },
          ],
        },
      });
      expect(JSON.stringify(bucket['BucketEncryption'])).toContain('"BucketKeyEnabled":true');
      expect(JSON.stringify(resourcesOf(hub, 'AWS::S3::BucketPolicy'))).toContain(
        '"aws:SecureTransport":"false"',
      );
    });

    it('lie in a table that can be restored to any moment, and forgets what has expired', () => {
      expect(resource(hub, 'AWS::DynamoDB::Table', 'Index')).toMatchObject({
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      });
    });

    it('are encrypted with a key that is renewed every year', () => {
      expect(resource(hub, 'AWS::KMS::Key', 'Key')).toMatchObject({ EnableKeyRotation: true });
    });

    it.each([['AWS::S3::Bucket'], ['AWS::DynamoDB::Table'], ['AWS::KMS::Key'], ['AWS::Logs::LogGroup']])(
      '%s outlives the stack, unless asked otherwise',
      (type) => {
        const policies = (template: HubTemplate) =>
          new Set(
            Object.values(template.Resources).flatMap((one) =>
              one.Type === type ? [one.DeletionPolicy] : [],
            ),
          );

        expect(policies(hub)).toEqual(new Set(['Retain']));
        expect(policies(full)).toEqual(new Set(['Delete']));
      },
    );

    it('are emptied with the stack only when asked for', () => {
      expect(resourcesOf(hub, 'Custom::S3AutoDeleteObjects')).toHaveLength(0);
      expect(resourcesOf(full, 'Custom::S3AutoDeleteObjects')).toHaveLength(1);
      expect(resource(full, 'AWS::DynamoDB::Table', 'Index')).toMatchObject({
        DeletionProtectionEnabled: false,
      });
    });
  });

  describe('schedules', () => {
    it.each<[string, string, string, string]>([
      ['Reconcile', 'rate(1 day)', 'cron(0 3 * * ? *)', ':DiscoverWorkQueue'],
      ['RefreshAdvisories', 'rate(6 hours)', 'rate(2 hours)', ':function:backline-refresh-advisories'],
    ])('%s runs at %s, or at %s when asked for', (name, usual, wanted, target) => {
      const schedule = (template: HubTemplate) =>
        resource(template, 'AWS::Scheduler::Schedule', `Schedules${name}`);

      expect(schedule(hub)).toMatchObject({
        ScheduleExpression: usual,
        ScheduleExpressionTimezone: 'Etc/UTC',
        State: 'ENABLED',
      });
      expect(schedule(full)).toMatchObject({ ScheduleExpression: wanted });
      expect(schedule(hub)['Target']).toMatchObject({ Arn: expect.stringContaining(target) });
    });

    it('ask for a reconciliation in the words that discovery knows', () => {
      const { Target } = resource(hub, 'AWS::Scheduler::Schedule', 'SchedulesReconcile') as unknown as {
        readonly Target: { readonly Input: string };
      };

      expect(JSON.parse(Target.Input)).toEqual({ version: 1, kind: 'reconcile' });
    });
  });

  describe('pushes', () => {
    const PATTERN = {
      source: ['aws.ecr'],
      'detail-type': ['ECR Image Action'],
      detail: { 'action-type': ['PUSH'], result: ['SUCCESS'] },
    };

    it('of this account reach discovery, and nobody may forward others', () => {
      const [rule, ...more] = resourcesOf(hub, 'AWS::Events::Rule');

      expect(more).toEqual([]);
      expect(rule).toMatchObject({
        EventPattern: PATTERN,
        Targets: [{ Arn: expect.stringContaining(':DiscoverWorkQueue') }],
      });
      expect(rule).not.toHaveProperty('EventBusName');
      expect(resourcesOf(hub, 'AWS::Events::EventBus')).toEqual([]);
      expect(hub.Outputs).not.toHaveProperty('PushBusArn');
    });

    it('of the accounts in the options are forwarded by a bus of their own', () => {
      const rule = resource(full, 'AWS::Events::Rule', 'PushesForwarded');

      expect(rule).toMatchObject({
        EventPattern: PATTERN,
        Targets: [{ Arn: expect.stringContaining(':DiscoverWorkQueue') }],
      });
      expect(rule['EventBusName']).toMatch(/^PushesBus/);
      expect(resourcesOf(full, 'AWS::Events::EventBusPolicy')[0]?.['Statement']).toMatchObject({
        Effect: 'Allow',
        Principal: { AWS: ['arn:aws:iam::444455556666:root', 'arn:aws:iam::777788889999:root'] },
        Action: 'events:PutEvents',
        Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
      });
    });

    it('come into the queue from the rules of the hub alone', () => {
      const statements = resourcesOf(full, 'AWS::SQS::QueuePolicy').flatMap(
        ({ PolicyDocument }) => (PolicyDocument as unknown as { Statement: { Effect: string }[] }).Statement,
      );

      expect(statements.filter(({ Effect }) => Effect === 'Allow')).toEqual([
        expect.objectContaining({
          Action: 'sqs:SendMessage',
          Principal: { Service: 'events.amazonaws.com' },
          Condition: {
            ArnEquals: {
              'aws:SourceArn': [
                expect.stringContaining(':rule/PushesHere'),
                expect.stringContaining(':rule/PushesForwarded'),
              ],
            },
          },
        }),
      ]);
    });
  });

  describe('Azure', () => {
    it('is off by default', () => {
      expect(Object.values(hub.Resources).some(({ Type }) => Type.startsWith('Custom::Outbound'))).toBe(
        false,
      );
      expect(hub.Outputs).not.toHaveProperty('OutboundIdentityIssuer');
    });

    it('takes an identity that is on already, and never switches it off', () => {
      const enable = resourcesOf(full, 'Custom::OutboundIdentityEnable')[0] as Readonly<
        Record<string, string>
      >;

      expect(JSON.parse(enable['Create'] ?? '')).toMatchObject({
        service: 'IAM',
        action: 'enableOutboundWebIdentityFederation',
        ignoreErrorCodesMatching: 'FeatureEnabled',
      });
      expect(enable).not.toHaveProperty('Delete');
      expect(enable).not.toHaveProperty('Update');
    });

    it('is told issuer and subjects', () => {
      expect(full.Outputs['OutboundIdentityIssuer']?.Value).toMatch(
        /^OutboundIdentityInfo.*[.]IssuerIdentifier$/,
      );
      expect(full.Outputs['OutboundIdentitySubjects']?.Value).toBe(
        ['discover', 'scan', 'integrations']
          .map((name) => `arn:aws:iam::111122223333:role/backline-${name}`)
          .join(','),
      );
    });
  });

  it('puts out the command that connects an account to this hub, and no other', () => {
    expect(hub.Outputs['OnboardCommand']?.Value).toBe(`npm run cdk -- deploy -c trustedPrincipal=${READER}`);
    expect(full.Outputs['OnboardCommand']?.Value).toBe(
      `npm run cdk -- deploy -c trustedPrincipal=${READER} -c pushBus=arn:aws:events:eu-central-1:111122223333:event-bus/backline -c regions=REGION,REGION --all`,
    );
    expect(hub.Outputs['ReaderRoleArn']?.Value).toBe(READER);
  });

  it.each<[string, HubOptions]>([
    ['no option', {}],
    ['every option', EVERY_OPTION],
    ['an organisation alone', { organizationId: 'o-a1b2c3d4e5' }],
  ])('keeps the rules of AWS Solutions with %s, or says why not', (_, options) => {
    const app = new App({ analyticsReporting: false, outdir: path('cdk.out') });
    const code = (): Code => Code.fromInline('exports.handler = () => {}');

    const report = new AwsSolutionsChecks().validateScope(
      new BacklineScanner(app, 'Hub', { ...options, code }),
    );

    expect(report.violations).toEqual([]);
  });

  it('rejects options that cannot be deployed', () => {
    expect(() => deployedHub({ maximumConcurrency: 1 })).toThrow(
      'maximumConcurrency must be a whole number from 2 to 1000; got 1',
    );
  });
});
