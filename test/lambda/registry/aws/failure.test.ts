import { describe, expect, it } from '@jest/globals';
import { awsFailure, isExpired, nameOf } from '../../../../lambda/registry/aws/failure.ts';
import { RegistryError } from '../../../../lambda/registry/index.ts';
import { messageOf } from '../../../../lambda/shared/errors.ts';

const TRIED = {
  what: 'list the images of app',
  denied: 'repository-forbidden',
  remedy: 'grant it',
  named: { RepositoryNotFoundException: 'image-not-found' },
} as const;

/** An error as the SDK throws it. */
function sdkError(name: string, status?: number, message = 'said by AWS'): Error {
  const metadata = status === undefined ? {} : { httpStatusCode: status, requestId: 'request-1' };
  return Object.assign(new Error(message), { name, $metadata: metadata });
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

describe('registry/aws/failure', () => {
  it.each<[string, Error, string, boolean]>([
    ['access that is denied', sdkError('AccessDeniedException', 400), 'repository-forbidden', false],
    ['access that STS denies', sdkError('AccessDenied', 403), 'repository-forbidden', false],
    [
      'what the service calls by a name',
      sdkError('RepositoryNotFoundException', 400),
      'image-not-found',
      false,
    ],
    ['throttling', sdkError('ThrottlingException', 400), 'rate-limited', true],
    ['throttling by STS', sdkError('Throttling', 400), 'rate-limited', true],
    ['too many requests', sdkError('TooManyRequestsException', 429), 'rate-limited', true],
    ['a session that has ended', sdkError('ExpiredTokenException', 400), 'unauthorized', true],
    ['keys nobody has', sdkError('UnrecognizedClientException', 400), 'unauthorized', false],
    ['a process without credentials', sdkError('CredentialsProviderError'), 'unauthorized', false],
    ['a region that is not enabled', sdkError('RegionDisabledException', 403), 'unauthorized', false],
    ['an error of the service', sdkError('ServerException', 500), 'registry-error', true],
    ['a request that is wrong', sdkError('InvalidParameterException', 400), 'registry-error', false],
    ['a connection that is refused', systemError('ECONNREFUSED'), 'registry-unreachable', true],
    ['an answer that does not come', sdkError('TimeoutError'), 'registry-unreachable', true],
    ['a host without an address', systemError('ENOTFOUND'), 'registry-unreachable', false],
    [
      'a certificate that is refused',
      systemError('SELF_SIGNED_CERT_IN_CHAIN'),
      'registry-unreachable',
      false,
    ],
  ])('reports %s', (_, error, code, retryable) => {
    const failure = awsFailure(error, TRIED);

    expect(failure).toBeInstanceOf(RegistryError);
    expect(failure).toMatchObject({ code, retryable, cause: error });
    expect((failure as Error).message).toContain('list the images of app');
  });

  it('says what AWS says, what to do, and which request it was', () => {
    expect(awsFailure(sdkError('AccessDeniedException', 400), TRIED)).toMatchObject({
      message: 'AWS refuses to list the images of app: said by AWS; grant it',
      data: {
        reason: 'AccessDeniedException',
        status: 400,
        requestId: 'request-1',
        sentence: 'AWS refuses to list the images of app: said by AWS',
        remedy: 'grant it',
      },
    });
  });

  it.each([
    [
      'there is none',
      sdkError('CredentialsProviderError'),
      'no login at AWS to list the images of app: said by AWS',
    ],
    [
      'nobody has it',
      sdkError('InvalidClientTokenId', 403),
      'no login at AWS to list the images of app: said by AWS',
    ],
    [
      'it has ended',
      sdkError('ExpiredToken', 403),
      'AWS refuses to list the images of app: the session has ended (said by AWS)',
    ],
  ])('says what to do about the own login when %s', (_what, error, sentence) => {
    expect(awsFailure(error, { ...TRIED, login: 'log in' })).toMatchObject({
      message: `${sentence}; log in`,
      data: { sentence, remedy: 'log in' },
    });
    expect(awsFailure(error, TRIED)).toMatchObject({ message: sentence });
  });

  it('leaves out what a refused signature says: the token of the session is in it', () => {
    const said = "The Canonical String should have been 'x-amz-security-token:IQoJb3JpZ2lu'";

    const failure = awsFailure(sdkError('InvalidSignatureException', 400, said), TRIED) as Error;

    expect(failure).toMatchObject({ code: 'unauthorized' });
    expect(messageOf(failure)).not.toContain('IQoJb3JpZ2lu');
  });

  it('leaves errors of its own, of whoever aborts, and defects as they are', () => {
    const own = new RegistryError('role-refused', 'no');
    const aborted = sdkError('AbortError');

    expect(awsFailure(own, TRIED)).toBe(own);
    expect(awsFailure(aborted, TRIED)).toBe(aborted);
    const defect = new TypeError('x is not a function');
    expect(awsFailure(defect, TRIED)).toBe(defect);
  });

  it('knows the names of errors, and those of sessions that have ended', () => {
    expect(
      ['ExpiredToken', 'ExpiredTokenException', 'AccessDenied'].map((name) => isExpired(sdkError(name))),
    ).toEqual([true, true, false]);
    expect(nameOf('no error')).toBe('');
  });
});
