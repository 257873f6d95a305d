import { z } from 'zod';
import { redactUrl } from '../../shared/errors.ts';
import { safeText } from '../../shared/text.ts';
import { KiB } from '../../shared/units.ts';
import { RegistryError, type RegistryErrorCode } from '../errors.ts';
import { type Answer, readBody } from './exchange.ts';
import { retryAfterMs } from './retry.ts';

const MAX_ERROR_BYTES = 64 * KiB;
const MAX_DETAIL_CHARACTERS = 300;

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#error-codes */
const errorsSchema = z.object({
  errors: z.array(z.object({ code: z.string(), message: z.string().optional().catch(undefined) })).min(1),
});

/** Statuses that pass: RFC 9110 section 15, RFC 6585 section 4. */
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

export type Wanted = {
  readonly kind: 'manifest' | 'blob' | 'token' | 'list';
  /** For people: the image, the digest, the host, `the tags of …`. */
  readonly name: string;
};

/**
 * The error an unexpected response stands for. Reads at most 64 KiB of its body for what the registry says; `scrub`
 * takes credentials out of that, which a registry may repeat.
 */
export async function failureOf(
  answer: Answer,
  wanted: Wanted,
  now: number,
  scrub: (text: string) => string,
): Promise<RegistryError> {
  const said = await saidBy(answer);
  const code = codeOf(answer.status, said.code, wanted.kind);
  const detail =
    said.message === '' ? '' : ` (${safeText(scrub(said.message)).slice(0, MAX_DETAIL_CHARACTERS)})`;
  const pause = retryAfterMs(answer.headers.get('retry-after'), now);
  return new RegistryError(code, `${SENTENCES[code](wanted, answer)}${detail}`, {
    retryable: PASSING.has(answer.status),
    data: {
      status: answer.status,
      host: answer.url.host,
      ...(pause === undefined ? {} : { retryAfterMs: pause }),
    },
  });
}

type HttpFailure = Extract<
  RegistryErrorCode,
  'unauthorized' | 'forbidden' | 'image-not-found' | 'blob-not-found' | 'rate-limited' | 'registry-error'
>;

const SENTENCES: Record<HttpFailure, (wanted: Wanted, answer: Answer) => string> = {
  unauthorized: ({ kind, name }, { url }) =>
    kind === 'list'
      ? `${url.host} refuses the login for ${name}: the credentials may not be good for it`
      : `${url.host} refuses the login for ${name}: the image may not exist, or the credentials may not be good for it`,
  forbidden: ({ name }, { url }) => `${url.host} forbids reading ${name}`,
  'image-not-found': ({ kind, name }, { url }) =>
    kind === 'list' ? `${url.host} does not have ${name}` : `no such image: ${name}`,
  'blob-not-found': ({ name }, { url }) => `${url.host} has no blob ${name}`,
  'rate-limited': (_, { url }) => `${url.host} limits the rate of requests: wait, or log in`,
  'registry-error': ({ name }, { url, status }) =>
    `${redactUrl(url)} answered ${status} when asked for ${name}`,
};

function codeOf(status: number, said: string, kind: Wanted['kind']): HttpFailure {
  if (status === 401) return 'unauthorized';
  if (status === 429 || said === 'TOOMANYREQUESTS') return 'rate-limited';
  if (status === 403) return kind === 'token' ? 'unauthorized' : 'forbidden';
  if (kind === 'token') return 'registry-error';
  if (said === 'NAME_UNKNOWN' || said === 'MANIFEST_UNKNOWN') return 'image-not-found';
  if (status === 404) return kind === 'blob' ? 'blob-not-found' : 'image-not-found';
  return 'registry-error';
}

async function saidBy(answer: Answer): Promise<{ code: string; message: string }> {
  try {
    const body = await readBody(answer, MAX_ERROR_BYTES);
    const [first] = errorsSchema.parse(JSON.parse(body?.toString('utf8') ?? '')).errors;
    return { code: first?.code ?? '', message: first?.message ?? '' };
  } catch {
    // A proxy's page, or a connection that broke: the status alone has to do.
    return { code: '', message: '' };
  }
}
