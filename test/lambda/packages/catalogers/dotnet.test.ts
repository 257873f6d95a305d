import { describe, expect, it } from '@jest/globals';
import { dotnet } from '../../../../lambda/packages/catalogers/dotnet/index.ts';
import { wantedFile } from '../../../support/wanted-file.ts';

const PATH = 'app/App.deps.json';
const SHARED = 'usr/share/dotnet/shared';

const parse = (content: unknown, path = PATH) =>
  dotnet.parse(wantedFile(path, typeof content === 'string' ? content : JSON.stringify(content)));
const names = (content: unknown, path = PATH) =>
  parse(content, path).outputs.map((output) => `${output.package.name}@${output.package.version}`);

/** A `.deps.json`: libraries with their type, and what the runtime target says of each. */
function deps(libraries: Record<string, string>, target: Record<string, object> = {}, rid = 'linux-x64') {
  const name = `.NETCoreApp,Version=v8.0${rid === '' ? '' : `/${rid}`}`;
  return {
    runtimeTarget: { name, signature: '' },
    compilationOptions: {},
    targets: { '.NETCoreApp,Version=v8.0': {}, [name]: target },
    libraries: Object.fromEntries(
      Object.entries(libraries).map(([key, type]) => [key, { type, serviceable: true, sha512: '' }]),
    ),
  };
}

const files = { runtime: { 'lib/net8.0/x.dll': { assemblyVersion: '1.0.0.0' } } };

describe('packages/catalogers/dotnet', () => {
  it.each([
    ['app/App.deps.json', true],
    ['App.deps.json', true],
    ['app/App.runtimeconfig.json', false],
    ['app/deps.json', false],
    ['app/App.deps.json.bak', false],
  ])('answers for %s: %s', (path, wanted) => {
    expect(dotnet.matches(path)).toBe(wanted);
  });

  it('lists packages and the runtime of a self-contained application, not its own projects', () => {
    const content = deps(
      {
        'App/1.0.0': 'project',
        'App.Core/1.0.0': 'project',
        'Native.Wrapper/2.0.0': 'reference',
        'Newtonsoft.Json/13.0.3': 'package',
        'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1': 'runtimepack',
      },
      { 'App/1.0.0': files, 'Newtonsoft.Json/13.0.3': files },
    );

    expect(parse(content)).toEqual({
      outputs: [
        { kind: 'package', package: { type: 'nuget', name: 'Newtonsoft.Json', version: '13.0.3' } },
        {
          kind: 'package',
          package: { type: 'nuget', name: 'Microsoft.NETCore.App.Runtime.linux-x64', version: '8.0.1' },
        },
      ],
      problems: [],
    });
  });

  it.each([
    ['runtime', { runtime: { 'a.dll': {} } }, true],
    ['native', { native: { 'a.so': {} } }, true],
    ['runtimeTargets', { runtimeTargets: { 'runtimes/unix/a.dll': { rid: 'unix' } } }, true],
    ['resources', { resources: { 'de/a.resources.dll': { locale: 'de' } } }, true],
    ['an empty list of', { runtime: {} }, false],
    ['only dependencies and no', { dependencies: { B: '1.0.0' } }, false],
    ['no', {}, false],
  ])('decides by the files: a package with %s files is listed or not', (_, target, listed) => {
    expect(names(deps({ 'A/1.0.0': 'package' }, { 'A/1.0.0': target }))).toEqual(listed ? ['A@1.0.0'] : []);
  });

  it.each([
    ['the target does not know it', deps({ 'A/1.0.0': 'package' }, { 'B/1.0.0': {} })],
    ['the target is missing', { ...deps({ 'A/1.0.0': 'package' }), targets: {} }],
    ['the target is odd', { ...deps({ 'A/1.0.0': 'package' }), targets: [] }],
    [
      'no target is named',
      { libraries: { 'A/1.0.0': { type: 'package' } }, targets: { x: { 'A/1.0.0': {} } } },
    ],
    [
      'the target is named in the old way',
      { ...deps({ 'A/1.0.0': 'package' }), runtimeTarget: '.NETCoreApp,Version=v1.0' },
    ],
    ['its entry is odd', deps({ 'A/1.0.0': 'package' }, { 'A/1.0.0': 7 as unknown as object })],
  ])('keeps a package when %s', (_, content) => {
    expect(names(content)).toEqual(['A@1.0.0']);
  });

  it.each([
    ['8.0.1', 'linux-x64', 'Microsoft.NETCore.App.Runtime.linux-x64@8.0.1'],
    ['8.0.1', 'linux-musl-arm64', 'Microsoft.NETCore.App.Runtime.linux-musl-arm64@8.0.1'],
    ['8.0.1', 'win-x64', 'Microsoft.NETCore.App.Runtime.win-x64@8.0.1'],
    ['10.0.0-rc.1.25451.107', 'linux-arm', 'Microsoft.NETCore.App.Runtime.linux-arm@10.0.0-rc.1.25451.107'],
    // Distributions build .NET under their own identifiers.
    ['8.0.1', 'ubuntu.22.04-x64', 'Microsoft.NETCore.App.Runtime.linux-x64@8.0.1'],
    ['8.0.1', 'rhel.9-s390x', 'Microsoft.NETCore.App.Runtime.linux-s390x@8.0.1'],
    ['8.0.1', 'alpine.3.18-x64', 'Microsoft.NETCore.App.Runtime.linux-musl-x64@8.0.1'],
    // One package before 3.0.
    ['2.1.30', 'linux-x64', 'Microsoft.NETCore.App@2.1.30'],
  ])('names shared framework %s for %s as advisories do', (version, rid, expected) => {
    const path = `${SHARED}/Microsoft.NETCore.App/${version}/Microsoft.NETCore.App.deps.json`;
    const own = `runtime.${rid}.Microsoft.NETCore.App/${version}-servicing.22122.4`;

    expect(names(deps({ [own]: 'package' }, { [own]: files }, rid), path)).toEqual([expected]);
  });

  it('lists what else a shared framework brings, but not its own pieces twice', () => {
    const path = 'usr/lib/dotnet/shared/Microsoft.AspNetCore.App/8.0.1/Microsoft.AspNetCore.App.deps.json';
    const own = 'Microsoft.AspNetCore.App.Runtime.linux-x64/8.0.1';
    const content = deps(
      { [own]: 'package', 'Other.Lib/1.2.3': 'package' },
      { [own]: files, 'Other.Lib/1.2.3': files },
    );

    expect(names(content, path)).toEqual([
      'Microsoft.AspNetCore.App.Runtime.linux-x64@8.0.1',
      'Other.Lib@1.2.3',
    ]);
  });

  it('takes the identifier from the runtime package when the target has none', () => {
    const path = `${SHARED}/Microsoft.NETCore.App/6.0.36/Microsoft.NETCore.App.deps.json`;
    const own = 'Microsoft.NETCore.App.Runtime.linux-arm64/6.0.36';

    expect(names(deps({ [own]: 'package' }, {}, ''), path)).toEqual([
      'Microsoft.NETCore.App.Runtime.linux-arm64@6.0.36',
    ]);
    expect(parse(deps({}, {}, ''), path).outputs).toMatchObject([
      { package: { name: 'Microsoft.NETCore.App', version: '6.0.36', confidence: 'medium' } },
    ]);
  });

  it.each([
    'srv/shared/App/1.0/Other.deps.json',
    'srv/shared/App/current/App.deps.json',
    'srv/notshared/App/1.0/App.deps.json',
  ])('sees no shared framework in %s', (path) => {
    expect(names(deps({ 'A/1.0.0': 'package' }, { 'A/1.0.0': files }), path)).toEqual(['A@1.0.0']);
  });

  it.each([
    ['another tool wrote', { name: 'x', dependencies: {} }],
    ['without libraries', { ...deps({}), libraries: {} }],
  ])('gives nothing for a file %s', (_, content) => {
    expect(parse(content)).toEqual({ outputs: [], problems: [] });
  });

  it('reports libraries that cannot be read and keeps the others', () => {
    const content = deps({ 'A/1.0.0': 'package', NoVersion: 'package', 'B/': 'package', '/1.0': 'package' });
    const libraries = { ...content.libraries, 'C/1.0.0': null, 'D/1.0.0': { type: 3 } };

    expect(parse({ ...content, libraries })).toEqual({
      outputs: [{ kind: 'package', package: { type: 'nuget', name: 'A', version: '1.0.0' } }],
      problems: [{ code: 'malformed', detail: '5 of the libraries could not be read', path: PATH }],
    });
  });

  it.each([
    ['an empty file', ''],
    ['a truncated file', '{"runtimeTarget":{"name":".NETCore'],
    ['an array', '[]'],
    ['a list of libraries', '{"libraries":[1,2]}'],
  ])('reports %s', (_, content) => {
    expect(parse(content)).toMatchObject({ outputs: [], problems: [{ code: 'malformed', path: PATH }] });
  });

  it('reads a byte order mark and is not changed by __proto__', () => {
    const text = `\ufeff{"libraries":{"__proto__":{"type":"package"},"A/1.0.0":{"type":"package","__proto__":{"type":"x"}}}}`;

    expect(names(text)).toEqual(['A@1.0.0']);
    expect(({} as Record<string, unknown>)['type']).toBeUndefined();
  });
});
