import { describe, expect, it } from '@jest/globals';
import type { ViewFile } from '../../../lambda/image/index.ts';
import { type CatalogerOutput, type FoundPackage, takeInventory } from '../../../lambda/packages/index.ts';

type File = ViewFile<CatalogerOutput>;

const asIs = (path: string): string => path;

function outputsOf(packages: readonly FoundPackage[]): CatalogerOutput[] {
  return packages.map((found) => ({ kind: 'package', package: found }));
}

/** A file whose content was, newest first, these packages in these layers; undefined: not there. */
function file(
  path: string,
  analyzer: string,
  ...history: readonly [number, readonly FoundPackage[] | undefined][]
): File {
  const contents = history.map(([layer, packages]) => ({ layer, outputs: packages && outputsOf(packages) }));
  const [newest] = contents;
  return {
    path,
    analyzer,
    layer: newest?.layer ?? 0,
    outputs: newest?.outputs ?? [],
    problems: [],
    history: contents,
  };
}

const osRelease: File = {
  ...file('etc/os-release', 'distro', [0, []]),
  outputs: [
    {
      kind: 'distro',
      source: 'etc/os-release',
      fields: { ID: 'debian', VERSION_ID: '12', NAME: 'Debian GNU/Linux' },
    },
  ],
};
const deb = (name: string, version: string, more: Partial<FoundPackage> = {}): FoundPackage => ({
  type: 'deb',
  name,
  version,
  arch: 'amd64',
  ...more,
});
const npm = (name: string, version: string): FoundPackage => ({ type: 'npm', name, version });
const STATUS = 'var/lib/dpkg/status';

describe('packages/inventory', () => {
  it('lists packages with purl, source and location, sorted', () => {
    const { packages, distro } = takeInventory(
      [
        osRelease,
        file(STATUS, 'dpkg', [
          2,
          [deb('libssl3', '3.0.1-1', { source: { name: 'openssl' } }), deb('bash', '5.2-1')],
        ]),
      ],
      asIs,
    );

    expect(distro).toMatchObject({ id: 'debian', version: '12' });
    expect(packages).toMatchObject([
      {
        name: 'bash',
        purl: 'pkg:deb/debian/bash@5.2-1?arch=amd64&distro=debian-12',
        locations: [{ path: STATUS, layer: 2 }],
      },
      { name: 'libssl3', source: { name: 'openssl', version: '3.0.1-1' } },
    ]);
  });

  describe('attributes a package of a database', () => {
    const attributed = (
      ...history: readonly [number, readonly FoundPackage[] | undefined][]
    ): (number | undefined)[] => {
      const { packages } = takeInventory([osRelease, file(STATUS, 'dpkg', ...history)], asIs);
      const bash = packages.find(({ name }) => name === 'bash');
      return [bash?.introducedIn, bash?.lastChangedIn];
    };
    const old = deb('bash', '1');
    const young = deb('bash', '2');
    const other = deb('other', '1');

    it.each<[string, [number, readonly FoundPackage[] | undefined][], number[]]>([
      [
        'that was always there',
        [
          [5, [old, other]],
          [3, [old]],
          [0, [old]],
        ],
        [0, 0],
      ],
      [
        'that a later layer added',
        [
          [5, [old, other]],
          [3, [old]],
          [0, [other]],
        ],
        [3, 3],
      ],
      [
        'whose version was raised',
        [
          [5, [young]],
          [3, [young]],
          [0, [old]],
        ],
        [0, 3],
      ],
      [
        'that was removed and installed again',
        [
          [5, [old]],
          [3, [other]],
          [0, [old]],
        ],
        [5, 5],
      ],
      [
        'whose database was deleted and made again',
        [
          [5, [old]],
          [3, undefined],
          [0, [old]],
        ],
        [5, 5],
      ],
      [
        'that has another architecture besides',
        [
          [5, [old, { ...old, arch: 'i386' }]],
          [0, [old]],
        ],
        [0, 0],
      ],
    ])('%s', (_, history, expected) => {
      expect(attributed(...history)).toEqual(expected);
    });
  });

  it('makes one package of the same package in several places', () => {
    const { packages } = takeInventory(
      [
        file('a/node_modules/x/package.json', 'npm', [1, [npm('x', '1.0.0')]]),
        file('b/node_modules/x/package.json', 'npm', [4, [npm('x', '1.0.0')]]),
      ],
      asIs,
    );

    expect(packages).toHaveLength(1);
    expect(packages[0]).toMatchObject({
      introducedIn: 1,
      lastChangedIn: 4,
      locations: [{ layer: 1 }, { layer: 4 }],
    });
  });

  it('names the place inside an archive', () => {
    const nested: FoundPackage = {
      type: 'maven',
      name: 'g:a',
      version: '1',
      innerPath: 'BOOT-INF/lib/a.jar',
    };

    const { packages } = takeInventory([file('app.jar', 'java', [0, [nested]])], asIs);

    expect(packages[0]?.locations[0]?.path).toBe('app.jar!/BOOT-INF/lib/a.jar');
  });

  describe('tells which OS package owns a file', () => {
    const module = file('usr/lib/node_modules/x/package.json', 'npm', [0, [npm('x', '1.0.0')]]);
    const ownership = (packageName: string, files: readonly string[]): File => ({
      ...file(`var/lib/dpkg/info/${packageName}.list`, 'dpkg-files', [0, []]),
      outputs: [{ kind: 'ownership', packageName, files }],
    });
    const ownerOf = (
      files: readonly File[],
      resolve: (path: string) => string | undefined = asIs,
    ): string | undefined =>
      takeInventory([osRelease, ...files, module], resolve).packages.find(({ type }) => type === 'npm')
        ?.ownedBy;

    it('from the lists of dpkg', () => {
      const files = [
        file(STATUS, 'dpkg', [3, [deb('node-x', '1-1')]]),
        ownership('node-x', ['usr/lib/node_modules/x/package.json']),
      ];

      expect(ownerOf(files)).toBe('pkg:deb/debian/node-x@1-1?arch=amd64&distro=debian-12');
    });

    it('from the package itself, though its database is in a later layer than the file', () => {
      const owner: FoundPackage = {
        type: 'rpm',
        name: 'nodejs-x',
        version: '1-1',
        files: ['usr/lib/node_modules/x/package.json'],
      };

      expect(ownerOf([file('var/lib/rpm/rpmdb.sqlite', 'rpm', [7, [owner]])])).toContain('nodejs-x');
    });

    it('by where a listed path leads', () => {
      const files = [
        file(STATUS, 'dpkg', [0, [deb('node-x', '1-1')]]),
        ownership('node-x', ['lib/node_modules/x/package.json']),
      ];

      expect(ownerOf(files, (path) => path.replace(/^lib\//, 'usr/lib/'))).toContain('node-x');
    });

    it('unless that package is not installed any more', () => {
      const files = [
        file(STATUS, 'dpkg', [0, [deb('bash', '5')]]),
        ownership('node-x', ['usr/lib/node_modules/x/package.json']),
      ];

      expect(ownerOf(files)).toBeUndefined();
    });
  });

  it('believes the newest rpm database, and of two in one layer the newer format', () => {
    const rpm = (name: string): FoundPackage[] => [{ type: 'rpm', name, version: '1-1' }];
    const names = (...files: readonly File[]): string[] =>
      takeInventory([osRelease, ...files], asIs).packages.map(({ name }) => name);

    expect(
      names(
        file('var/lib/rpm/Packages', 'rpm', [2, rpm('new')]),
        file('usr/lib/sysimage/rpm/rpmdb.sqlite', 'rpm', [1, rpm('old')]),
      ),
    ).toEqual(['new']);
    expect(
      names(
        file('var/lib/rpm/Packages', 'rpm', [1, rpm('bdb')]),
        file('var/lib/rpm/rpmdb.sqlite', 'rpm', [1, rpm('sqlite')]),
      ),
    ).toEqual(['sqlite']);
  });

  describe('reports', () => {
    const gaps = (files: readonly File[]): (string | undefined)[] =>
      takeInventory(files, asIs)
        .coverage.filter(({ outcome }) => outcome !== 'complete')
        .map(({ reason }) => reason);

    it('a distribution without a package database', () => {
      expect(gaps([osRelease])).toEqual(['no-package-database']);
    });

    it('OS packages without a distribution', () => {
      expect(gaps([file(STATUS, 'dpkg', [0, [deb('bash', '5')]])])).toEqual(['distribution-unknown']);
    });

    it('an image in which nothing is known', () => {
      expect(gaps([])).toEqual(['nothing-recognised']);
    });

    it('a file that was read in part or not at all', () => {
      const broken = {
        ...file('a.jar', 'java', [0, []]),
        problems: [{ code: 'truncated', detail: 'cut', path: 'a.jar' }],
      };
      const partly = {
        ...file('b.jar', 'java', [0, [npm('x', '1')]]),
        problems: [{ code: 'limit-depth', detail: 'deep' }],
      };

      const { coverage } = takeInventory([broken, partly], asIs);

      expect(coverage.filter(({ subject }) => subject === 'file')).toMatchObject([
        { name: 'a.jar', outcome: 'none', reason: 'truncated' },
        { name: 'b.jar', outcome: 'partial', reason: 'limit-depth' },
      ]);
    });

    it('no jar without identity that an OS package installed', () => {
      const jar = {
        ...file('usr/share/java/a.jar', 'java', [0, []]),
        problems: [{ code: 'identity-unknown', detail: '?' }],
      };
      const owner: FoundPackage = { type: 'rpm', name: 'a', version: '1-1', files: ['usr/share/java/a.jar'] };

      expect(gaps([osRelease, file('var/lib/rpm/Packages', 'rpm', [0, [owner]]), jar])).toEqual([]);
      expect(
        gaps([osRelease, file('var/lib/rpm/Packages', 'rpm', [0, [{ ...owner, files: [] }]]), jar]),
      ).toEqual(['identity-unknown']);
    });

    it('nothing of an image without a distribution whose programs tell what they are made of', () => {
      expect(
        gaps([file('app', 'go-binary', [0, [{ type: 'golang', name: 'stdlib', version: '1.22.0' }]])]),
      ).toEqual([]);
    });
  });
});
