import { describe, expect, it } from '@jest/globals';
import { jwtLifeMs } from '../../../../lambda/registry/oci/jwt.ts';

function jwt(claims: unknown): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
}

describe('registry/oci/jwt', () => {
  it.each([
    ['both times', jwt({ iat: 1497988907, exp: 1497993407 }), 75 * 60_000],
    ['no issue', jwt({ exp: 1497993407 }), undefined],
    ['no end', jwt({ iat: 1497988907 }), undefined],
    ['an end before its issue', jwt({ iat: 2, exp: 1 }), undefined],
    ['times that are no numbers', jwt({ iat: '1', exp: '2' }), undefined],
    ['a payload that is no object', jwt(7), undefined],
    ['a payload that is no JSON', 'a.b.c', undefined],
    ['no parts', 'opaque', undefined],
    ['nothing', '', undefined],
    ['more than any token has', `${jwt({ iat: 1, exp: 2 })}${'x'.repeat(70_000)}`, undefined],
  ])('reads the life of a token with %s', (_, token, expected) => {
    expect(jwtLifeMs(token)).toBe(expected);
  });
});
