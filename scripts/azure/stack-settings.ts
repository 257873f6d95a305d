import type { Stack } from '@pulumi/pulumi/automation/index.js';
import { PROJECT_NAME, projectConfig } from '../../pulumi-azure/config.ts';
import type { StackConfig } from './targets.ts';

/** Configuration of our project. In a fresh checkout there is none: then it is that of the stack's last run. */
export async function storedConfig(stack: Stack): Promise<StackConfig> {
  const stored = await stack.getAllConfig();
  const known = Object.keys(stored).length > 0 ? stored : ((await stack.info(false))?.config ?? {});
  const texts = Object.entries(known).map(([name, { value }]) => [name, value] as const);
  return projectConfig(Object.fromEntries(texts), PROJECT_NAME);
}

/** Makes this the configuration of our project; what other projects have in the file stays. */
export async function storeConfig(config: StackConfig, stack: Stack): Promise<void> {
  const wanted = qualified(config);
  const stored = Object.keys(await stack.getAllConfig());
  const gone = stored.filter((name) => isOurs(name) && wanted[name] === undefined);
  if (gone.length > 0) await stack.removeAllConfig(gone);
  await stack.setAllConfig(
    Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, { value }])),
  );
}

/** The text of a settings file that is as the stack's own but for the configuration of our project. JSON is YAML as well. */
export async function settingsWith(config: StackConfig, stack: Stack): Promise<string> {
  // There is no file in a fresh checkout.
  const settings = await stack.workspace.stackSettings(stack.name).catch(() => undefined);
  const others = Object.entries(settings?.config ?? {}).filter(([name]) => !isOurs(name));
  return JSON.stringify({ ...settings, config: { ...Object.fromEntries(others), ...qualified(config) } });
}

function isOurs(name: string): boolean {
  return name.startsWith(`${PROJECT_NAME}:`);
}

function qualified(config: StackConfig): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [`${PROJECT_NAME}:${name}`, value]),
  );
}
