import { describe, expect, it } from '@jest/globals';
import { parseChallenges } from '../../../../lambda/registry/oci/challenge.ts';

function read(header: string): [string, Record<string, string>][] {
  return parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
}

describe('registry/oci/challenge', () => {
  it.each<[string, [string, Record<string, string>][]]>([
    ['', []],
    ['Basic', [['basic', {}]]],
    ['Basic realm="WallyWorld"', [['basic', { realm: 'WallyWorld' }]]],
    ['bearer REALM=token', [['bearer', { realm: 'token' }]]],
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
      [
        [
          'bearer',
          {
            realm: 'https://auth.docker.io/token',
            service: 'registry.docker.io',
            scope: 'repository:a/b:pull,push',
          },
        ],
      ],
    ],
    // The example of RFC 7235 section 4.1.
    [
      'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"',
      [
        ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
        ['basic', { realm: 'simple' }],
      ],
    ],
    [
      'Negotiate YWJj==, Basic realm = "x"',
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
      ],
    ],
    [
      'NTLM, Bearer realm="r"',
      [
        ['ntlm', {}],
        ['bearer', { realm: 'r' }],
      ],
    ],
    [', ,\tBasic realm="a" , ,', [['basic', { realm: 'a' }]]],
    ['Basic realm=""', [['basic', { realm: '' }]]],
    ['Basic realm="a\\\\b"', [['basic', { realm: 'a\\b' }]]],
    [
      'Bearer __proto__="x",realm="y"',
      [
        [
          'bearer',
          Object.fromEntries([
            ['__proto__', 'x'],
            ['realm', 'y'],
          ]),
        ],
      ],
    ],
  ])('reads %j', (header, expected) => {
    expect(read(header)).toEqual(expected);
  });

  it.each([
    ['an unclosed quote', 'Basic realm="open'],
    ['a missing value', 'Basic realm='],
    ['a character of no grammar', 'Basic realm="a" ; Bearer realm="b"'],
  ])('ends at %s', (_, header) => {
    expect(read(header).map(([scheme]) => scheme)).toEqual(['basic']);
  });

  it('reads hostile headers in linear time', () => {
    const start = performance.now();

    for (const piece of ['"\\', 'a=', 'a ', ',', '\\"', 'a="', 'a=='])
      parseChallenges(`Basic ${piece.repeat(500_000)}`);

    expect(performance.now() - start).toBeLessThan(3000);
  });
});
