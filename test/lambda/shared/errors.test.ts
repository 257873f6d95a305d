import { describe, expect, it } from '@jest/globals';
import { messageOf } from '../../../lambda/shared/errors.ts';

describe('shared/errors', () => {
  it.each([
    ['a text', 'thrown as it is', 'thrown as it is'],
    ['an error', new Error('no'), 'no'],
    ['an error without a message', new TypeError(''), 'TypeError'],
    ['an error with causes', new Error('a', { cause: new Error('b', { cause: new Error('c') }) }), 'a: b: c'],
    [
      'an error that quotes its cause',
      new Error('cannot read: no (b)', { cause: new Error('no') }),
      'cannot read: no (b)',
    ],
  ])('says once what went wrong, of %s', (_what, thrown, message) => {
    expect(messageOf(thrown)).toBe(message);
  });
});
