import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { checkOptions } from '../../cdk/config.ts';
import { generateExternalId, rememberedExternalId } from '../../cdk/external-id.ts';
import { ConfigError } from '../../cdk/options.ts';
import { temporaryDirectory } from '../support/temporary.ts';

describe('cdk/external-id', () => {
  const path = temporaryDirectory();

  it('generates at least 128 bits in characters that STS takes, never the same', () => {
    const ids = Array.from({ length: 100 }, generateExternalId);

    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32,}$/);
    expect(() => ids.forEach((externalId) => checkOptions({ externalId }))).not.toThrow();
  });

  it('gives the same id at every synthesis in a folder', () => {
    const first = rememberedExternalId(path('same.json'));

    expect(rememberedExternalId(path('same.json'))).toBe(first);
  });

  it('keeps what else CDK notes in the file', () => {
    writeFileSync(path('others.json'), '{"availability-zones:account=1":["a"]}');

    const id = rememberedExternalId(path('others.json'));

    expect(JSON.parse(readFileSync(path('others.json'), 'utf8'))).toEqual({
      'availability-zones:account=1': ['a'],
      'backline:external-id': id,
    });
  });

  it.each(['', '[]', '{'])('rejects a file that holds %j, and leaves it', (text) => {
    writeFileSync(path('broken.json'), text);

    expect(() => rememberedExternalId(path('broken.json'))).toThrow(ConfigError);
    expect(() => rememberedExternalId(path('broken.json'))).toThrow(
      'is not a JSON object: mend or remove it',
    );
    expect(readFileSync(path('broken.json'), 'utf8')).toBe(text);
  });

  it('fails when the file cannot be read', () => {
    expect(() => rememberedExternalId(path('.'))).toThrow('EISDIR');
  });
});
