import {
  createHash,
  createPublicKey,
  createVerify,
  type KeyObject,
  randomUUID,
  X509Certificate,
} from 'node:crypto';
import { AppError } from '../../../lambda/shared/errors.ts';

/** What a token says. */
export type EntraClaims = {
  readonly aud: string;
  readonly tid: string;
  readonly appid: string;
  /** Milliseconds since 1970. */
  readonly until: number;
};

/** An application, in its home tenant, with what it may prove itself by. */
export type EntraApplication = {
  readonly id: string;
  readonly secret?: string;
  /** PEM. */
  readonly certificate?: string;
  readonly federated?: { readonly issuer: string; readonly subject: string; readonly key: KeyObject };
};

export type EntraOptions = {
  readonly applications: readonly EntraApplication[];
  /** Tenants, each with the ids of the applications that have a service principal there. */
  readonly tenants: Readonly<Record<string, readonly string[]>>;
  /** Audiences the tenants know. */
  readonly resources: readonly string[];
  readonly now?: () => number;
  readonly tokenLifeSeconds?: number;
};

export type EntraAnswer = { readonly status: number; readonly body: unknown };

/** Entra's decisions, without a server: `entra-server.ts` puts one around it. */
export interface EntraDouble {
  /** One `POST /<tenant>/oauth2/v2.0/token`. */
  judge(tenant: string, form: URLSearchParams): EntraAnswer;
  /** What a token of its says; nothing once it has ended. */
  read(token: string): EntraClaims | undefined;
  /** Every token that was given. */
  readonly given: readonly string[];
  /** Statements that applications were to be proven by, in place of a secret. */
  readonly presented: readonly string[];
  /** What was asked for: tenant and scope. */
  readonly asked: readonly { readonly tenant: string; readonly scope: string }[];
}

/** Numbers and sentences as Entra writes them; the trace ids behind them are of no use. */
const REFUSALS = {
  90002: [
    400,
    'invalid_request',
    "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID",
  ],
  700016: [
    400,
    'unauthorized_client',
    "Application with identifier '{app}' was not found in the directory '{tenant}'",
  ],
  7000229: [
    401,
    'invalid_client',
    'The client application {app} is missing service principal in the tenant {tenant}',
  ],
  7000215: [401, 'invalid_client', 'Invalid client secret provided'],
  700027: [
    401,
    'invalid_client',
    'The certificate with identifier used to sign the client assertion is not registered on application',
  ],
  700213: [
    401,
    'invalid_client',
    "No matching federated identity record found for presented assertion subject '{subject}'",
  ],
  700024: [401, 'invalid_client', 'Client assertion is not within its valid time range'],
  500011: [
    400,
    'invalid_resource',
    'The resource principal named {resource} was not found in the tenant named {tenant}',
  ],
} as const satisfies Record<number, readonly [number, string, string]>;

/** Knows applications, tenants and resources, and gives tokens to who proves to be one. */
export function entraDouble(options: EntraOptions): EntraDouble {
  const { now = Date.now, tokenLifeSeconds = 3600 } = options;
  const tokens = new Map<string, EntraClaims>();
  const asked: { tenant: string; scope: string }[] = [];
  const given: string[] = [];
  const presented: string[] = [];
  return {
    given,
    presented,
    asked,
    read: (token) => {
      const claims = tokens.get(token);
      return claims !== undefined && now() < claims.until ? claims : undefined;
    },
    judge: (tenant, form) => {
      const scope = form.get('scope') ?? '';
      const resource = scope.split(' ')[0]?.replace(/\/\.default$/, '') ?? '';
      asked.push({ tenant, scope: resource });
      const id = form.get('client_id') ?? '';
      const assertion = form.get('client_assertion');
      if (assertion !== null) presented.push(assertion);
      const words = { tenant, app: id, resource, subject: '' };
      const principals = options.tenants[tenant];
      if (principals === undefined) return refusal(90002, words);
      const application = options.applications.find((one) => one.id === id);
      if (application === undefined) return refusal(700016, words);
      const wrong = unproven(application, form, now());
      if (wrong !== undefined) return refusal(wrong, words);
      if (!principals.includes(id)) return refusal(7000229, words);
      if (!options.resources.includes(resource)) return refusal(500011, words);
      const token = `${encoded({ aud: resource })}.${randomUUID()}`;
      given.push(token);
      tokens.set(token, { aud: resource, tid: tenant, appid: id, until: now() + tokenLifeSeconds * 1000 });
      return {
        status: 200,
        body: { token_type: 'Bearer', expires_in: tokenLifeSeconds, access_token: token },
      };
    },
  };
}

/** The error a client gets for an answer, for credentials that ask the double without a network. */
export function entraErrorOf({ body }: EntraAnswer): Error {
  return new AppError('double', (body as { error_description: string }).error_description);
}

type Number = keyof typeof REFUSALS;

function refusal(number: Number, words: Readonly<Record<string, string>>): EntraAnswer {
  const [status, error, sentence] = REFUSALS[number];
  const filled = sentence.replaceAll(/\{(?<word>[a-z]+)\}/g, (_, word: string) => words[word] ?? '');
  const description = `AADSTS${number}: ${filled}. Trace ID: 1f6a92a9-0000 Correlation ID: 0d1a5c28-0000 Timestamp: 2026-01-01 00:00:00Z`;
  return { status, body: { error, error_description: description, error_codes: [number] } };
}

function unproven(application: EntraApplication, form: URLSearchParams, now: number): Number | undefined {
  const secret = form.get('client_secret');
  if (secret !== null) return secret === application.secret ? undefined : 7000215;
  const [header = '', payload = '', signature = ''] = (form.get('client_assertion') ?? '').split('.');
  const claims = decoded(payload) as { iss?: string; sub?: string; aud?: string | string[]; exp?: number };
  const signed = { text: `${header}.${payload}`, signature: Buffer.from(signature, 'base64url') };
  if (claims.iss === application.id) return isOfCertificate(application, header, signed) ? undefined : 700027;
  const { federated } = application;
  if (
    federated === undefined ||
    claims.iss !== federated.issuer ||
    claims.sub !== federated.subject ||
    ![claims.aud].flat().includes('api://AzureADTokenExchange') ||
    (decoded(header) as { alg?: string }).alg !== 'RS256' ||
    !verified(federated.key, signed, false)
  )
    return 700213;
  return (claims.exp ?? 0) * 1000 > now ? undefined : 700024;
}

type Signed = { readonly text: string; readonly signature: Buffer };

function isOfCertificate({ certificate }: EntraApplication, header: string, signed: Signed): boolean {
  if (certificate === undefined) return false;
  const known = new X509Certificate(certificate);
  const thumbprint = createHash('sha256').update(known.raw).digest('base64url');
  const { alg, 'x5t#S256': claimed } = decoded(header) as { alg?: string; 'x5t#S256'?: string };
  return (
    claimed === thumbprint &&
    verified(
      createPublicKey(known.publicKey.export({ type: 'spki', format: 'pem' })),
      signed,
      alg === 'PS256',
    )
  );
}

function verified(key: KeyObject, { text, signature }: Signed, isPss: boolean): boolean {
  const verify = createVerify('sha256').update(text);
  return verify.verify(isPss ? { key, padding: 6 } : key, signature);
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return {};
  }
}
