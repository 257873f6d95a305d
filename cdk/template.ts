import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { AWS_REGION } from '../lambda/shared/environment.ts';
import { ConfigError } from './options.ts';
import type { EcrRegionOptions } from './region-config.ts';
import {
  BacklineEcrIntegration,
  type BacklineEcrIntegrationProps,
  STACK_NAME,
} from './stacks/backline-ecr-integration.ts';
import { BacklineEcrRegion, REGION_STACK_NAME } from './stacks/backline-ecr-region.ts';

/** The CloudFormation template of the onboarding stack as JSON. Throws `ConfigError` for bad options. */
export function integrationTemplate(props: BacklineEcrIntegrationProps = {}): unknown {
  return templateOf(STACK_NAME, (app) => new BacklineEcrIntegration(app, STACK_NAME, props));
}

/** The template of what is set up in one region. Throws `ConfigError` for bad options, and when there is nothing to do. */
export function regionTemplate(options: EcrRegionOptions): unknown {
  return templateOf(REGION_STACK_NAME, (app) => new BacklineEcrRegion(app, REGION_STACK_NAME, options));
}

/** The template of the stack that `make` makes, as JSON. */
export function templateOf(stackName: string, make: (app: App) => void): unknown {
  const outdir = mkdtempSync(join(tmpdir(), 'backline-template-'));
  try {
    const app = new App({ analyticsReporting: false, outdir });
    make(app);
    return app.synth().getStackByName(stackName).template as unknown;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/**
 * Address of the console's page that creates the stack from a template kept in S3, which is all CloudFormation reads from. Throws
 * `ConfigError` for what is no region, or one whose console is not known.
 */
export function quickCreateLink(templateUrl: string, region: string, stackName = STACK_NAME): string {
  const query = new URLSearchParams({ templateURL: templateUrl, stackName });
  return `https://${consoleHost(region)}/cloudformation/home?region=${encodeURIComponent(region)}#/stacks/create/review?${query.toString()}`;
}

/** Each partition has its own console: https://docs.aws.amazon.com/general/latest/gr/aws-arns-and-namespaces.html */
function consoleHost(region: string): string {
  if (!AWS_REGION.test(region)) {
    throw new ConfigError(`--region must be a region like eu-central-1; got ${JSON.stringify(region)}`);
  }
  if (region.startsWith('cn-')) return 'console.amazonaws.cn';
  if (region.startsWith('us-gov-')) return 'console.amazonaws-us-gov.com';
  // https://docs.aws.eu/general/latest/gr/endpoints.html
  if (region.startsWith('eusc-')) return `${region}.console.amazonaws-eusc.eu`;
  if (/^[a-z]{2}-(?!iso)/.test(region)) return 'console.aws.amazon.com';
  throw new ConfigError(
    `no address is known of the console for ${region}: leave --url out, and create the stack from the template there`,
  );
}
