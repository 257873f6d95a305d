import { describe, expect, it } from '@jest/globals';
import { parseJson } from '../../../lambda/packages/json.ts';

const parse = (text: string | Buffer) => parseJson(Buffer.from(text), 'a.json');

describe('packages/json', () => {
  it.each([
    ['an object', '{"a":[1,"b"]}', { a: [1, 'b'] }],
    ['a byte order mark', '\ufeff{"a":1}', { a: 1 }],
    ['CRLF', '{\r\n"a": 1\r\n}\r\n', { a: 1 }],
    [
      'brackets inside strings',
      `{"a":"${'['.repeat(1000)}","b":"\\"{{{"}`,
      { a: '['.repeat(1000), b: '"{{{' },
    ],
  ])('reads %s', (_, text, value) => {
    expect(parse(text)).toEqual({ value });
  });

  it.each([
    ['an empty file', '', 'the file is empty'],
    ['a truncated document', '{"name": "a", "ver', 'the file is not valid JSON'],
    ['UTF-16', Buffer.from('\ufeff{"a":1}', 'utf16le'), 'the file is not valid JSON'],
    ['bytes that are no text', Buffer.from([0xff, 0x00, 0x80]), 'the file is not valid JSON'],
  ])('reports %s as malformed', (_, text, detail) => {
    expect(parse(text)).toEqual({ problem: { code: 'malformed', detail, path: 'a.json' } });
  });

  it('reads 256 levels and reports the next', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

    expect(parse(nested(256))).toHaveProperty('value');
    expect(parse(nested(257))).toMatchObject({ problem: { code: 'limit-json' } });
    expect(parse('{"a":'.repeat(2_000_000))).toMatchObject({ problem: { code: 'limit-json' } });
  });

  it('reports a document of more than a million values before building it', () => {
    expect(parse(`[${'{},'.repeat(1_000_001)}{}]`)).toMatchObject({ problem: { code: 'limit-json' } });
  });

  it('keeps __proto__ as an own property that changes no prototype', () => {
    const parsed = parse('{"__proto__":{"polluted":true}}');

    expect(Object.hasOwn((parsed as { value: object }).value, '__proto__')).toBe(true);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
