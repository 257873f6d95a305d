import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Cataloger } from '../../../../lambda/packages/cataloger.ts';
import { composer } from '../../../../lambda/packages/catalogers/composer/index.ts';
import { dotnet } from '../../../../lambda/packages/catalogers/dotnet/index.ts';
import { gem } from '../../../../lambda/packages/catalogers/gem/index.ts';
import { npm } from '../../../../lambda/packages/catalogers/npm/index.ts';
import { python } from '../../../../lambda/packages/catalogers/python/index.ts';
import { wantedFile } from '../../../support/wanted-file.ts';

/** Each with a path it wants and a whole file, to be damaged. */
const SUBJECTS: readonly (readonly [string, Cataloger, string, string])[] = [
  ['npm', npm, 'node_modules/a/package.json', '{"name":"a","version":"1.0.0","license":{"type":"MIT"}}'],
  ['python', python, 'a-1.0.dist-info/METADATA', 'Name: a\nVersion: 1.0\nLicense: MIT\n  more\n\ntext'],
  ['python eggs', python, 'a-1.0.egg', 'PK\u0003\u0004'],
  [
    'dotnet',
    dotnet,
    'shared/A/3.0.0/A.deps.json',
    '{"runtimeTarget":{"name":"t/linux-x64"},"targets":{"t/linux-x64":{"B/1":{"runtime":{"b":1}}}},"libraries":{"B/1":{"type":"package"}}}',
  ],
  [
    'composer',
    composer,
    'composer/installed.json',
    '{"packages":[{"name":"a/b","version":"1","license":["MIT"]}]}',
  ],
  [
    'gem',
    gem,
    'specifications/a-1.gemspec',
    '# stub: a 1 ruby lib\n  s.name = "a"\n  s.version = "1"\n  s.license = "M"\n',
  ],
];

describe('packages/catalogers, languages', () => {
  it.each(SUBJECTS)('%s never fails on any bytes', async (_, cataloger, path) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const { outputs, problems } = await cataloger.parse(wantedFile(path, Buffer.from(bytes)));

        expect(outputs.length + problems.length).toBeLessThan(10);
      }),
    );
  });

  it.each(SUBJECTS)('%s never fails on a damaged file', async (_, cataloger, path, whole) => {
    const at = fc.nat({ max: whole.length });
    const anything = fc.oneof(fc.string({ unit: 'binary', maxLength: 5 }), fc.json({ maxDepth: 3 }));

    await fc.assert(
      fc.asyncProperty(at, at, anything, async (from, to, text) => {
        const damaged = whole.slice(0, from) + text + whole.slice(to);
        const { outputs } = await cataloger.parse(wantedFile(path, damaged));

        for (const output of outputs) {
          expect(output).toMatchObject({
            kind: 'package',
            package: { name: expect.stringMatching(/^\S+$/u) },
          });
        }
      }),
      { numRuns: 300 },
    );
  });
});
