import { join } from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { CONTEXT_FILE, rememberedExternalId } from './external-id.ts';
import { hubOptionsFromContext } from './hub-config.ts';
import { ConfigError, ownContext } from './options.ts';
import { organizationFromContext } from './organization-config.ts';
import { connectionFromContext } from './region-config.ts';
import { BacklineEcrIntegration, STACK_NAME } from './stacks/backline-ecr-integration.ts';
import { BacklineEcrOrganization, ORGANIZATION_STACK_NAME } from './stacks/backline-ecr-organization.ts';
import { BacklineEcrRegion, REGION_STACK_NAME } from './stacks/backline-ecr-region.ts';

/**
 * What `cdk` runs (cdk.json). The app does not learn which stacks a command names, so context says what to make: `stack`, one
 * of those below. All other names are options of it.
 */
type Context = Readonly<Record<string, unknown>>;

const STACKS: Readonly<Record<string, (app: App, context: Context) => Promise<void> | void>> = {
  [STACK_NAME]: connectAccount,
  BacklineScanner: runHub,
  [ORGANIZATION_STACK_NAME]: connectOrganization,
};

/** The role of this account; with `regions`, a stack in each of them beside it. */
function connectAccount(app: App, context: Context): void {
  const { integration, region, regions } = connectionFromContext(context);
  const role = new BacklineEcrIntegration(app, STACK_NAME, { ...integration, ...offered(integration) });
  for (const name of regions) {
    const stack = new BacklineEcrRegion(app, `${REGION_STACK_NAME}-${name}`, { ...region, region: name });
    stack.addDependency(role);
  }
}

function connectOrganization(app: App, context: Context): void {
  const options = organizationFromContext(context);
  new BacklineEcrOrganization(app, ORGANIZATION_STACK_NAME, {
    ...options,
    ...offered(options.integration),
  });
}

async function runHub(app: App, context: Context): Promise<void> {
  const options = hubOptionsFromContext(context);
  // Not loaded to connect an account: neither the services of the hub nor esbuild are needed for that.
  const { BacklineScanner, SCANNER_STACK_NAME } = await import('./stacks/backline-scanner.ts');
  const { bundledCode } = await import('./bundle.ts');
  new BacklineScanner(app, SCANNER_STACK_NAME, { ...options, code: bundledCode });
}

function offered({ externalId }: { readonly externalId?: string }): { suggestedExternalId?: string } {
  if (externalId !== undefined) return {};
  return { suggestedExternalId: rememberedExternalId(join(process.cwd(), CONTEXT_FILE)) };
}

try {
  const app = new App({ analyticsReporting: false });
  const { stack = STACK_NAME, ...context } = ownContext(app.node.getAllContext());
  const make = Object.hasOwn(STACKS, String(stack)) ? STACKS[String(stack)] : undefined;
  if (make === undefined) {
    throw new ConfigError(
      `stack must be one of ${Object.keys(STACKS).join(', ')}; got ${JSON.stringify(stack)}`,
    );
  }
  await make(app, context);
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`backline: ${error.message}\n`);
  process.exitCode = 1;
}
