import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { MiB, SECOND_MS } from '../../shared/units.ts';
import { errnoOf } from '../errno.ts';
import { RegistryError } from '../errors.ts';
import type { Credentials, CredentialsLookup } from './credentials.ts';

/** https://docs.docker.com/reference/cli/docker/login/#credential-stores; github.com/docker/cli cli/config/configfile/file.go */
const configSchema = z.object({
  auths: z
    .record(
      z.string(),
      z.object({
        auth: z.string().optional(),
        username: z.string().optional(),
        password: z.string().optional(),
        identitytoken: z.string().optional(),
        registrytoken: z.string().optional(),
      }),
    )
    .optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});
type DockerConfig = z.infer<typeof configSchema>;
type Auth = NonNullable<DockerConfig['auths']>[string];

/** https://github.com/docker/docker-credential-helpers#development */
const helperSchema = z.object({ Username: z.string(), Secret: z.string() });

/** The key Docker Hub has in files and helpers, a relic of the first registry protocol. */
const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';
const DOCKER_HUB = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

/** The name becomes part of a command's: no path, no option. */
const HELPER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const HELPER_TIMEOUT_MS = 30 * SECOND_MS;
const MAX_HELPER_BYTES = 1 * MiB;

export type DockerConfigOptions = {
  readonly environment?: Readonly<Record<string, string | undefined>>;
};

/**
 * Looks credentials up where `docker login` left them: `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`, and the
 * helpers named there. Throws `credentials-invalid` when the file or a helper is broken: going on without credentials
 * would turn that into a puzzling "not found".
 */
export function dockerConfigCredentials(options: DockerConfigOptions = {}): CredentialsLookup {
  const environment = options.environment ?? process.env;
  const folder = environment['DOCKER_CONFIG'] ?? join(environment['HOME'] ?? homedir(), '.docker');
  return async (registry) => {
    const config = await readConfig(join(folder, 'config.json'));
    if (config === undefined) return undefined;
    const key = DOCKER_HUB.has(registry) ? DOCKER_HUB_KEY : registry;
    const helper = own(config.credHelpers, key) ?? own(config.credHelpers, registry) ?? config.credsStore;
    const helped = helper ? await askHelper(helper, key, environment) : undefined;
    return helped ?? fromAuths(config, key);
  };
}

async function readConfig(path: string): Promise<DockerConfig | undefined> {
  try {
    return configSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    // The parser's error would quote the file, and so a password.
    throw invalid(`${path} cannot be read as a Docker configuration`);
  }
}

/**
 * Only the entry of this very registry counts. Matching by prefix would send the credentials of `registry.example` to
 * `registry.example.attacker.test`.
 */
function fromAuths(config: DockerConfig, key: string): Credentials | undefined {
  for (const [name, auth] of Object.entries(config.auths ?? {})) {
    if (hostOf(name) === hostOf(key)) return fromAuth(auth, name);
  }
  return undefined;
}

function fromAuth(auth: Auth, name: string): Credentials | undefined {
  if (auth.identitytoken) return { kind: 'identity-token', token: auth.identitytoken };
  if (auth.registrytoken) return { kind: 'registry-token', token: auth.registrytoken };
  if (auth.auth) return fromBasic(auth.auth, name);
  if (auth.username === undefined || auth.password === undefined) return undefined;
  return { kind: 'password', username: auth.username, password: auth.password };
}

function fromBasic(encoded: string, name: string): Credentials {
  // Docker for Windows once wrote NUL bytes after the password.
  const decoded = Buffer.from(encoded, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = decoded.indexOf(':');
  if (colon < 1)
    throw invalid(`the auth of '${name}' in the Docker configuration is not base64 of user:password`);
  return { kind: 'password', username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** `https://host:port/v1/` and `host:port` are the same place; any other path is part of the key and matches nothing. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '');
}

async function askHelper(
  name: string,
  key: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> {
  if (!HELPER_NAME.test(name))
    throw invalid('the Docker configuration names a credential helper with a forbidden name');
  const command = `docker-credential-${name}`;
  const output = await runHelper(command, key, environment);
  if (output === undefined) return undefined;
  const parsed = helperSchema.safeParse(parseJson(output));
  if (!parsed.success) throw invalid(`${command} gave no credentials in the form expected`);
  const { Username, Secret } = parsed.data;
  if (Username === '<token>') return { kind: 'identity-token', token: Secret };
  return { kind: 'password', username: Username, password: Secret };
}

/** What the helper writes; `undefined` when it knows none for the registry, which it says in words and by its status. */
function runHelper(
  command: string,
  key: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const options = { timeout: HELPER_TIMEOUT_MS, maxBuffer: MAX_HELPER_BYTES, env: { ...environment } };
  return new Promise((resolve, reject) => {
    const child = execFile(command, ['get'], options, (error, stdout) => {
      if (error === null) return resolve(stdout);
      if (/credentials not found/i.test(stdout)) return resolve(undefined);
      const why =
        error.killed === true ? 'did not answer in time' : `failed (${String(error.code ?? error.signal)})`;
      // Neither its output nor the cause is passed on: either may hold the secret.
      reject(invalid(`the credential helper ${command} ${why}`));
    });
    // A helper that ends without reading breaks the pipe; its status says enough.
    child.stdin?.on('error', () => {});
    child.stdin?.end(key);
  });
}

function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalid(message: string): RegistryError {
  return new RegistryError('credentials-invalid', message);
}
