import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Where Pulumi keeps the state of the stacks. */
export interface Backend {
  /** What to add to the environment of `pulumi`. */
  readonly variables: Readonly<Record<string, string>>;
  /** The folder of our own, to be made; undefined when Pulumi is logged in already, or told where to. */
  readonly folder?: string;
}

const credentialsSchema = z.object({ current: z.string().optional() });

/**
 * A login of Pulumi that exists is used (`PULUMI_BACKEND_URL`, `PULUMI_ACCESS_TOKEN`, `pulumi login`); otherwise state is kept in a folder
 * of the user's. `pulumi whoami` is not asked: without network it fails, and a second state would be begun beside the first.
 */
export function chooseBackend(env: NodeJS.ProcessEnv, home: string): Backend {
  // The stack holds no secret, but Pulumi wants a phrase to protect those there might be. One that is set is left as it is.
  const hasPhrase =
    env['PULUMI_CONFIG_PASSPHRASE'] !== undefined || env['PULUMI_CONFIG_PASSPHRASE_FILE'] !== undefined;
  const variables = hasPhrase ? {} : { PULUMI_CONFIG_PASSPHRASE: '' };
  if (isLoggedIn(env, home)) return { variables };
  const folder = join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'backline', 'pulumi');
  return { variables: { ...variables, PULUMI_BACKEND_URL: `file://${folder}` }, folder };
}

function isLoggedIn(env: NodeJS.ProcessEnv, home: string): boolean {
  if (env['PULUMI_BACKEND_URL'] || env['PULUMI_ACCESS_TOKEN']) return true;
  const folder = env['PULUMI_CREDENTIALS_PATH'] || env['PULUMI_HOME'] || join(home, '.pulumi');
  let text: string;
  try {
    text = readFileSync(join(folder, 'credentials.json'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  // `pulumi logout` leaves the file behind, without a current account.
  return (credentialsSchema.parse(JSON.parse(text)).current ?? '') !== '';
}
