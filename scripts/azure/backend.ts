import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../lambda/shared/errors.ts';
import { Refusal } from './refusal.ts';

/** Where Pulumi keeps the state of the stacks. */
export interface Backend {
  /** What to add to the environment of `pulumi`. */
  readonly variables: Readonly<Record<string, string>>;
  /** The folder of our own, to be made; undefined when Pulumi is logged in already, or told where to. */
  readonly folder?: string;
}

/** `pulumi logout` leaves the file behind, without a current account. */
const credentialsSchema = z.object({ current: z.string().nullish() });

/**
 * A login of Pulumi that exists is used (`PULUMI_BACKEND_URL`, `PULUMI_ACCESS_TOKEN`, `pulumi login`); otherwise state is kept in a folder
 * of the user's. `pulumi whoami` is not asked: without network it fails, and a second state would be begun beside the first.
 * Throws `Refusal` when the file of that login cannot be understood.
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
  const file = join(folder, 'credentials.json');
  try {
    const { current } = credentialsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return (current ?? '') !== '';
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    // With a file that it does not understand Pulumi does nothing, not even log in.
    throw code === undefined
      ? new Refusal(`The login of Pulumi in ${file} is damaged: delete the file, then run 'pulumi login'.`, {
          cause,
        })
      : new Refusal(`The login of Pulumi cannot be read: ${messageOf(cause)}`, { cause });
  }
}
