import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Cataloger } from '../../../../lambda/packages/cataloger.ts';
import { apk } from '../../../../lambda/packages/catalogers/apk/index.ts';
import { azureManifest } from '../../../../lambda/packages/catalogers/azure-manifest/index.ts';
import { distro } from '../../../../lambda/packages/catalogers/distro/index.ts';
import { dpkg } from '../../../../lambda/packages/catalogers/dpkg/index.ts';
import { dpkgFiles } from '../../../../lambda/packages/catalogers/dpkg-files/index.ts';
import { dpkgStatusD } from '../../../../lambda/packages/catalogers/dpkg-status-d/index.ts';
import { wantedFile } from '../../../support/wanted-file.ts';

const MANIFEST_LINE = 'a\t1-1\t1\t1\tVendor\t(none)\t1\tnoarch\t0\ta-1-1.src.rpm\n';
const STANZA = 'Package: a\nStatus: install ok installed\nSource: b (2)\nVersion: 1\n\n';

const CASES: readonly (readonly [Cataloger, path: string, sample: string])[] = [
  [dpkg, 'var/lib/dpkg/status', STANZA],
  [dpkgStatusD, 'var/lib/dpkg/status.d/a', STANZA],
  [dpkgFiles, 'var/lib/dpkg/info/a:amd64.list', '/.\n/usr/bin/a\n/usr/share/doc/a\n'],
  [dpkgFiles, 'var/lib/dpkg/status.d/a.md5sums', `${'0'.repeat(32)}  usr/bin/a\n`],
  [apk, 'lib/apk/db/installed', 'P:a\nV:1-r0\no:b\nF:usr/bin\nR:a\n\n'],
  [azureManifest, 'var/lib/rpmmanifest/container-manifest-2', MANIFEST_LINE],
  [distro, 'etc/os-release', 'ID="a\\"b"\nVERSION_ID=\'1\'\n'],
  [distro, 'etc/apk/repositories', 'https://m/v3.19/main\n'],
  [distro, 'root/buildinfo/labels.json', '{"cpe": "cpe:/a:b"}'],
];

describe('packages/catalogers of operating systems on hostile text', () => {
  it.each(CASES)('answers in bounds for any bytes, case %#', async (cataloger, path, sample) => {
    const text = Buffer.from(sample.repeat(3));
    const pieces = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.tuple(fc.nat(text.length), fc.nat(text.length)).map(([from, to]) => text.subarray(from, to)),
        fc
          .constantFrom('\n', '\r\n', '\n\n', ': ', '\t', '\0', '\ufeff', '"', '\\', '__proto__')
          .map((piece) => Buffer.from(piece)),
      ),
      { maxLength: 30 },
    );

    await fc.assert(
      fc.asyncProperty(pieces, async (parts) => {
        const bytes = Buffer.concat(parts);
        const { outputs, problems } = await cataloger.parse(wantedFile(path, bytes));
        expect(problems.length).toBeLessThanOrEqual(51);
        expect(JSON.stringify(outputs).length).toBeLessThanOrEqual(200 + 40 * bytes.length);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
