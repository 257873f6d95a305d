import { join } from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { ConfigError, optionsFromContext } from './config.ts';
import { CONTEXT_FILE, rememberedExternalId } from './external-id.ts';
import { BacklineEcrIntegration, STACK_NAME } from './stacks/backline-ecr-integration.ts';

/** What `cdk` runs (cdk.json): the stack that connects this account, with the options of `--context`. */
try {
  const app = new App({ analyticsReporting: false });
  const options = optionsFromContext(app.node.getAllContext());
  new BacklineEcrIntegration(app, STACK_NAME, {
    ...options,
    ...(options.externalId === undefined
      ? { suggestedExternalId: rememberedExternalId(join(process.cwd(), CONTEXT_FILE)) }
      : {}),
  });
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`backline: ${error.message}\n`);
  process.exitCode = 1;
}
