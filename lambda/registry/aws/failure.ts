import { z } from 'zod';
import { messageOf } from '../../shared/errors.ts';
import { safeText } from '../../shared/text.ts';
import { errnoOf } from '../errno.ts';
import { RegistryError, type RegistryErrorCode } from '../errors.ts';

const MAX_DETAIL_CHARACTERS = 400;

/** What was tried, for the message of its failure. */
export type Tried = {
  /** `list the images of team/app` */
  readonly what: string;
  /** What it is called when access is denied. */
  readonly denied: RegistryErrorCode;
  /** A sentence with what to do when access is denied; absent where the caller says it. */
  readonly remedy?: string;
  /** The same when there is no login, or it has ended; for what is asked with the login of the process. */
  readonly login?: string;
  /** What the service's own errors are called. */
  readonly named?: Readonly<Record<string, RegistryErrorCode>>;
};

/** An error of the SDK, as far as it is looked at. */
const awsErrorSchema = z.object({
  name: z.string(),
  $metadata: z
    .object({ httpStatusCode: z.number().optional(), requestId: z.string().optional() })
    .optional()
    .catch(undefined),
});
type AwsError = z.infer<typeof awsErrorSchema>;

const DENIED = /^AccessDenied(?:Exception)?$/;
/** https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html */
const NO_LOGIN =
  /^(?:CredentialsProviderError|TokenProviderError|UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|MissingAuthenticationToken(?:Exception)?|RegionDisabledException)$/;
const EXPIRED = /^(?:ExpiredToken(?:Exception)?|RequestExpired)$/;
const THROTTLED =
  /^(?:Throttling(?:Exception)?|ThrottledException|RequestThrottled(?:Exception)?|TooManyRequestsException|RequestLimitExceeded|LimitExceededException|SlowDown)$/;
/** What to do about the login of the process: of the hub's function, or of who runs the command line. */
export const LOGIN_REMEDY =
  'log in to AWS: name a profile in AWS_PROFILE and run aws sso login, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
/** Not of a service or the network: those are to be seen as what they are. */
const DEFECT = /^(?:Type|Range|Reference|Syntax)Error$/;
/** Errors of the system that will be the same at the next try. */
const LASTING = /^(?:ENOTFOUND|CERT_.*|ERR_TLS_CERT.*|.*_CERT(?:_.*)?|UNABLE_TO_.*)$/;

/** True when AWS says that the session has ended: another one may do. */
export function isExpired(error: unknown): boolean {
  return EXPIRED.test(nameOf(error));
}

/** True when there is no login of the process, AWS does not know it, or it has ended. */
export function isLoginMissing(error: unknown): boolean {
  return NO_LOGIN.test(nameOf(error)) || isExpired(error);
}

/** The name of an error of the SDK, '' for anything else. */
export function nameOf(error: unknown): string {
  return awsErrorSchema.safeParse(error).data?.name ?? '';
}

/**
 * What an error of the SDK stands for. The SDK has tried again by itself what may pass. Where it says what to do, its data hold
 * `sentence` and `remedy` apart as well: Test connection shows them side by side.
 */
export function awsFailure(error: unknown, { what, denied, remedy, login, named = {} }: Tried): unknown {
  if (error instanceof RegistryError || nameOf(error) === 'AbortError') return error;
  const aws = awsErrorSchema.safeParse(error).data ?? { name: '' };
  // That of a refused signature repeats what was signed, and so the session's token.
  const isSecret = /Signature/.test(aws.name);
  const said = isSecret ? aws.name : safeText(messageOf(error)).slice(0, MAX_DETAIL_CHARACTERS);
  const failure = (
    code: RegistryErrorCode,
    sentence: string,
    { retryable = false, todo }: { readonly retryable?: boolean; readonly todo?: string | undefined } = {},
  ): RegistryError =>
    new RegistryError(code, todo === undefined ? sentence : `${sentence}; ${todo}`, {
      ...(isSecret ? {} : { cause: error }),
      retryable,
      data: { ...dataOf(aws), ...(todo === undefined ? {} : { sentence, remedy: todo }) },
    });
  const own = named[aws.name];
  if (own !== undefined) return failure(own, `cannot ${what}: ${said}`);
  if (DENIED.test(aws.name)) return failure(denied, `AWS refuses to ${what}: ${said}`, { todo: remedy });
  if (THROTTLED.test(aws.name))
    return failure('rate-limited', `AWS limits the rate of requests to ${what}`, { retryable: true });
  if (EXPIRED.test(aws.name))
    return failure('unauthorized', `AWS refuses to ${what}: the session has ended (${said})`, {
      retryable: true,
      todo: login,
    });
  if (NO_LOGIN.test(aws.name))
    return failure('unauthorized', `no login at AWS to ${what}: ${said}`, { todo: login });
  const status = aws.$metadata?.httpStatusCode;
  if (status === undefined) {
    if (DEFECT.test(aws.name)) return error;
    const retryable = !LASTING.test(errnoOf(error));
    return failure('registry-unreachable', `cannot reach AWS to ${what}: ${said}`, { retryable });
  }
  return failure('registry-error', `AWS answers ${status} when asked to ${what}: ${said}`, {
    retryable: status >= 500,
  });
}

function dataOf({ name, $metadata }: AwsError): Record<string, string | number> {
  const { httpStatusCode: status, requestId } = $metadata ?? {};
  return {
    reason: name,
    ...(status === undefined ? {} : { status }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}
