import { z } from 'zod';

/** Reads from Azure Resource Manager with one login. */
export interface ArmClient {
  /** The answer to one request. `path` begins with `/` and has its query. */
  get(path: string): Promise<unknown>;
  /** The values of all pages of a list. */
  list(path: string): Promise<readonly unknown[]>;
}

/** What the outside gives. */
export interface ArmWorld {
  readonly fetch: typeof fetch;
  /** An access token for Azure Resource Manager. */
  readonly token: () => Promise<string>;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** A request that was refused or not understood: `status` of HTTP, 0 without an answer, and Azure's own `code`. */
export class ArmError extends Error {
  override readonly name = 'ArmError';
  readonly status: number;
  readonly code: string;

  constructor(
    message: string,
    { status = 0, code = '', cause }: { status?: number; code?: string; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.code = code;
  }
}

const ATTEMPTS = 4;
const TIMEOUT_MS = 30_000;
const LONGEST_WAIT_MS = 30_000;
/** Far over what a subscription can hold; ends a list that leads in circles. */
const MOST_PAGES = 1_000;

const page = z.object({ value: z.array(z.unknown()), nextLink: z.string().nullish() });
const refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** A client of the Resource Manager at `endpoint`, to which alone the token is sent. */
export function armClient(endpoint: string, world: ArmWorld): ArmClient {
  const { origin } = new URL(endpoint);
  return {
    get: (path) => request(new URL(path, origin), world),
    async list(path) {
      const values: unknown[] = [];
      let next: URL | undefined = new URL(path, origin);
      for (let pages = 0; next !== undefined; pages += 1) {
        if (pages === MOST_PAGES) throw new ArmError(`${next.pathname}: over ${MOST_PAGES} pages`);
        const parsed = page.safeParse(await request(next, world));
        if (!parsed.success)
          throw new ArmError(`${next.pathname}: the answer is no list`, { cause: parsed.error });
        values.push(...parsed.data.value);
        next = linkOf(parsed.data.nextLink, origin);
      }
      return values;
    },
  };
}

function linkOf(link: string | null | undefined, origin: string): URL | undefined {
  if (link === undefined || link === null || link === '') return undefined;
  const url = new URL(link, origin);
  if (url.origin !== origin) {
    throw new ArmError(
      `the next page of a list is at ${url.origin}, not at ${origin}: the token is not sent there`,
    );
  }
  return url;
}

async function request(url: URL, world: ArmWorld): Promise<unknown> {
  const authorization = `Bearer ${await world.token()}`;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await attemptOf(url, authorization, world);
    if ('body' in answer) return answer.body;
    if (!answer.retryable || attempt === ATTEMPTS) throw answer.error;
    await world.sleep(Math.min(answer.waitMs ?? 1_000 * 2 ** (attempt - 1), LONGEST_WAIT_MS));
  }
}

type Answer =
  | { readonly body: unknown }
  | { readonly error: ArmError; readonly retryable: boolean; readonly waitMs?: number | undefined };

async function attemptOf(url: URL, authorization: string, world: ArmWorld): Promise<Answer> {
  let response: Response;
  let body: unknown;
  try {
    response = await world.fetch(url, {
      headers: { authorization, accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    body = jsonOf(await response.text());
  } catch (cause) {
    const error = new ArmError(`${url.origin} cannot be reached: ${reasonOf(cause)}`, { cause });
    return { error, retryable: true };
  }
  if (response.ok && body !== undefined) return { body };
  const { status } = response;
  const said = refusal.safeParse(body).data?.error ?? { code: '', message: 'no reason given' };
  const error = new ArmError(`${url.pathname}: ${status} ${said.code} ${said.message}`, {
    status,
    code: said.code,
  });
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const waitMs = Number.isFinite(seconds) ? seconds * 1_000 : undefined;
  return { error, retryable: status === 429 || status >= 500, waitMs };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `fetch failed` alone says nothing; what it was stands in the cause. Errors of fetch may be of another realm. */
function reasonOf(thrown: unknown): string {
  const { message, cause } = thrown as {
    readonly message?: string;
    readonly cause?: { readonly message?: string };
  };
  return cause?.message ?? message ?? String(thrown);
}
