import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { AppError } from '../../../lambda/shared/errors.ts';
import { explainFailure, reasonOf, UsageError } from '../../../scripts/cli/failure.ts';

describe('scripts/cli/failure', () => {
  it.each([
    ['what somebody typed', new UsageError('there is no format "x"'), 2, 'there is no format "x"'],
    ['a name that makes no sense', new AppError('reference-invalid', 'no'), 2, 'no [reference-invalid]'],
    ['an address that cannot be', new AppError('mirror-invalid', 'no'), 2, 'no [mirror-invalid]'],
    [
      'plain HTTP to elsewhere',
      new AppError('insecure-refused', 'no'),
      2,
      'no [insecure-refused]: leave --insecure out',
    ],
    ['an image that is gone', new AppError('image-not-found', 'no'), 3, 'no [image-not-found]'],
    [
      'a refused login',
      new AppError('unauthorized', 'no'),
      3,
      'no [unauthorized]: log in with docker login, or check the name',
    ],
    [
      'what may pass',
      new AppError('registry-unreachable', 'no', { retryable: true }),
      3,
      'no [registry-unreachable]: trying again may help',
    ],
    ['anything else', new TypeError('broken'), 3, 'broken'],
    ['what is no error', 'broken', 3, 'broken'],
  ])('explains %s', (_what, error, exitCode, message) => {
    expect(explainFailure(error)).toEqual({ exitCode, message });
  });

  it.each([
    new UsageError('\u001b[2J'),
    new AppError('image-not-found', '\u001b[2J'),
    new Error('\u001b[2J'),
  ])('shows no control characters: %#', (error) => {
    expect(explainFailure(error).message).toContain('\\u001b[2J');
  });

  it('puts what the operating system says into words, with the path', async () => {
    const error: unknown = await mkdir('/dev/null/x').catch((thrown: unknown) => thrown);

    expect(reasonOf(error)).toBe('not a directory (ENOTDIR)');
    expect(explainFailure(error)).toEqual({
      exitCode: 3,
      message: '/dev/null/x: not a directory (ENOTDIR)',
    });
  });
});
