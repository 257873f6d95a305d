import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { installMiniStack } from '../../../scripts/aws-emulator/install.ts';
import { freePort, stop } from '../../../scripts/debian-image/server-process.ts';

/** Where everything is deployed. */
export const REGION = 'eu-central-1';

/** Whatever an account's root signs with; the access key is the account's number. */
const SECRET = 'test';

/** A running emulator of AWS. It evaluates policies and checks signatures and speaks TLS alone, with a certificate of its own. */
export interface MiniStack {
  readonly endpoint: string;
  /** Its log, with what the functions write. */
  readonly log: () => string;
  /** Python interpreter that has botocore. */
  readonly python: string;
  /** For processes that act as the root of an account: endpoint, region, credentials, certificate. */
  readonly environment: (account: string) => Readonly<Record<string, string>>;
  /** The same for clients of the SDK in this process. */
  readonly client: (account: string) => {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  readonly stop: () => Promise<void>;
}

const START = join(import.meta.dirname, 'start-mini-stack.py');

/** Starts the emulator on a free port of this machine, with its files below `folder`. `hub` is the account of requests that name none. */
export async function startMiniStack(folder: string, hub: string): Promise<MiniStack> {
  const python = installMiniStack();
  const port = await freePort();
  const endpoint = `https://127.0.0.1:${port}`;
  const temporary = join(folder, 'tmp');
  const certificate = join(temporary, 'ministack-tls', 'server.crt');
  const logFile = join(folder, 'ministack.log');
  mkdirSync(temporary, { recursive: true });
  const output = openSync(logFile, 'w');
  const server = spawn(python, [START], {
    stdio: ['ignore', output, output],
    // Nothing of this process: the functions inherit all of it.
    env: {
      HOME: folder,
      TMPDIR: temporary,
      // Functions run with the first node of the path.
      PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(':'),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_ACCOUNT_ID: hub,
      MINISTACK_REGION: REGION,
      AWS_SECRET_ACCESS_KEY: SECRET,
      AUTH: 'true',
      USE_SSL: '1',
      // Otherwise it listens for MQTT on all addresses.
      IOT_MTLS_ENABLED: '0',
    },
  });
  closeSync(output);
  const log = (): string => readFileSync(logFile, 'utf8');
  try {
    await answering(endpoint, certificate, server);
  } catch (error) {
    await stop(server);
    throw new Error(log(), { cause: error });
  }
  return {
    endpoint,
    log,
    python,
    environment: (account) => ({
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: SECRET,
      AWS_CA_BUNDLE: certificate,
      NODE_EXTRA_CA_CERTS: certificate,
    }),
    client: (account) => ({
      endpoint,
      region: REGION,
      credentials: { accessKeyId: account, secretAccessKey: SECRET },
    }),
    stop: () => stop(server),
  };
}

/** Waits for it, and makes this process trust its certificate. */
async function answering(endpoint: string, certificate: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300 && server.exitCode === null; attempt += 1) {
    if (existsSync(certificate)) {
      const pem = readFileSync(certificate, 'utf8');
      if (pem.includes('END CERTIFICATE')) {
        setDefaultCACertificates([...getCACertificates('bundled'), pem]);
        const answer = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
        if (answer?.ok) return;
      }
    }
    await wait(100);
  }
  throw new Error(`MiniStack does not answer on ${endpoint}`);
}
