import { setTimeout as sleep } from 'node:timers/promises';
import { Config, log, RunError, runtime } from '@pulumi/pulumi';
import { ArmError } from './azure/arm.ts';
import { resourceManagerToken } from './azure/login.ts';
import { LoginError } from './azure/login-error.ts';
import { DirectoryError } from './azure/principal.ts';
import { CLOUDS } from './cloud.ts';
import { ConfigError, optionsFromConfig, PROJECT_NAME, projectConfig } from './config.ts';
import { connectTenant, type Outputs } from './connect-tenant.ts';

const EXPECTED = [ConfigError, ArmError, DirectoryError, LoginError] as const;

/** What `pulumi` runs (Pulumi.yaml, by way of bin/program.js): connects a tenant; what is exported are the stack's outputs. */
export const { tenantId, appId, principalObjectId, loginServers, notFound, connectCommand } = await outputs();

async function outputs(): Promise<Outputs> {
  try {
    const options = optionsFromConfig({
      ...providerDefaults(),
      ...projectConfig(runtime.allConfig(), PROJECT_NAME),
    });
    const token = resourceManagerToken(CLOUDS[options.environment], options.tenantId, process.env);
    const say = {
      info: (message: string) => log.info(message),
      warn: (message: string) => log.warn(message),
    };
    return await connectTenant(options, { fetch, token, sleep, ...say });
  } catch (error) {
    // Sentences for whoever runs it; anything else is a defect and keeps its stack.
    if (EXPECTED.some((kind) => error instanceof kind)) throw new RunError((error as Error).message);
    throw error;
  }
}

/** Those who use the provider elsewhere have these in their configuration already. */
function providerDefaults(): Record<string, string> {
  const provider = new Config('azure-native');
  const names = ['subscriptionId', 'tenantId', 'environment'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = provider.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
