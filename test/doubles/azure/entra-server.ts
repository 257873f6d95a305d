import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { sendJson } from '../../../scripts/demo/registry.ts';
import type { EntraDouble } from './entra.ts';

const tls = join(import.meta.dirname, '../../fixtures/tls');

/** Certificate and key of 127.0.0.1, for servers of tests and as the certificate of an application. */
export const LOOPBACK_PEM = join(tls, 'loopback.pem');

export type EntraServer = {
  /** `https://127.0.0.1:40123`; its certificate is that of `LOOPBACK_PEM`. */
  readonly origin: string;
  close(): Promise<void>;
};

/** Serves Entra over TLS, as @azure/identity insists on. Close it after the test. */
export async function startEntraServer(entra: EntraDouble): Promise<EntraServer> {
  const pem = readFileSync(LOOPBACK_PEM);
  let origin = '';
  const server = createServer({ key: pem, cert: pem }, (request, response) => {
    const [, tenant = '', ...rest] = (request.url ?? '').replace(/\?.*$/, '').split('/');
    const path = rest.join('/');
    const base = `${origin}/${tenant}`;
    if (path === 'v2.0/.well-known/openid-configuration') {
      return sendJson(response, 200, {
        issuer: `${base}/v2.0`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
      });
    }
    if (path !== 'oauth2/v2.0/token') return sendJson(response, 404, {});
    void formOf(request).then((form) => {
      const { status, body } = entra.judge(tenant, form);
      sendJson(response, status, body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    close: async () => {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

/** The form a request carries. */
export async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
