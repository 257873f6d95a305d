import { RunError, runtime } from '@pulumi/pulumi';
import { ConfigError, projectConfig } from '../config.ts';
import { HUB_PROJECT_NAME, hubOptionsFromConfig } from './config.ts';
import { type HubOutputs, registerHub } from './register-hub.ts';

/** What `pulumi --cwd pulumi-azure/hub` runs (Pulumi.yaml, by way of bin/program.js); what is exported are the stack's outputs. */
export const { appId, configureCommand } = outputs();

function outputs(): HubOutputs {
  try {
    return registerHub(hubOptionsFromConfig(projectConfig(runtime.allConfig(), HUB_PROJECT_NAME)));
  } catch (error) {
    if (error instanceof ConfigError) throw new RunError(error.message);
    throw error;
  }
}
