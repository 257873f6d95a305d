import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { type LayerResult, overlayLayers, readLayer } from '../../../lambda/image/index.ts';
import { textAnalyzer } from '../../doubles/text-analyzer.ts';
import { type EntrySpec, layer } from '../../support/image-builder.ts';

async function read(entries: readonly EntrySpec[]): Promise<LayerResult<string>> {
  const { bytes, descriptor } = await layer(entries);
  return await readLayer(Readable.from([bytes]), { ...descriptor, analyzers: [textAnalyzer] });
}

async function view(...layers: readonly (readonly EntrySpec[])[]): Promise<Record<string, string>> {
  const results = await Promise.all(layers.map(read));
  const { files } = overlayLayers(results, [textAnalyzer]);
  return Object.fromEntries(files.map(({ path, layer, outputs }) => [path, `${layer}:${outputs[0]}`]));
}

const file = (path: string, content = path): EntrySpec => ({ path, content });

describe('image/overlay', () => {
  it('shows the newest content of a path', async () => {
    expect(await view([file('a.txt', 'old')], [file('a.txt', 'new')])).toEqual({ 'a.txt': '1:new' });
  });

  it('keeps files that a folder entry of a later layer only touches', async () => {
    expect(await view([file('d/a.txt')], [{ path: 'd/', directory: true }, file('d/b.txt')])).toEqual({
      'd/a.txt': '0:d/a.txt',
      'd/b.txt': '1:d/b.txt',
    });
  });

  it.each<[string, EntrySpec[][], string[]]>([
    [
      'a whiteout hides the sibling it names',
      [[file('d/a.txt'), file('d/b.txt')], [file('d/.wh.a.txt')]],
      ['d/b.txt'],
    ],
    [
      'a whiteout of a folder hides all below it',
      [[file('d/e/f/a.txt'), file('b.txt')], [file('.wh.d')]],
      ['b.txt'],
    ],
    [
      'a whiteout spares its own layer, even after the file',
      [[file('a.txt')], [file('a.txt'), file('.wh.a.txt')]],
      ['a.txt'],
    ],
    [
      'a whiteout in the layer of the file alone hides nothing',
      [[file('.wh.a.txt'), file('a.txt')]],
      ['a.txt'],
    ],
    [
      'a name with .wh. inside is a file',
      [[file('x.wh.a.txt')], [file('else.wh.a.txt')]],
      ['else.wh.a.txt', 'x.wh.a.txt'],
    ],
    [
      'an opaque marker hides all lower content, at any depth',
      [[file('d/a.txt'), file('d/e/b.txt')], [file('d/.wh..wh..opq')]],
      [],
    ],
    [
      'an opaque marker spares its own layer wherever it stands',
      [[file('d/a.txt')], [file('d/b.txt'), file('d/.wh..wh..opq')]],
      ['d/b.txt'],
    ],
    [
      'an opaque root hides everything lower',
      [[file('a.txt')], [file('.wh..wh..opq'), file('b.txt')]],
      ['b.txt'],
    ],
    ['a file over a folder buries its content', [[file('d/a.txt')], [file('d', 'now a file')]], []],
    [
      'a link over a folder buries its content',
      [[file('d/a.txt')], [{ path: 'd', linkTo: 'elsewhere' }]],
      [],
    ],
    ['a folder over a file replaces it', [[file('a.txt')], [{ path: 'a.txt/', directory: true }]], []],
    [
      'a file removed and made again is there',
      [[file('a.txt')], [file('.wh.a.txt')], [file('a.txt')]],
      ['a.txt'],
    ],
    ['a leading ./ or / makes no other path', [[file('./d/a.txt')], [file('/d/.wh.a.txt')]], []],
    ['inside a layer the later of two entries counts', [[file('d/a.txt'), file('d', 'a file')]], []],
    [
      'inside a layer a folder replaces the file before it',
      [[file('a.txt'), { path: 'a.txt/', directory: true }]],
      [],
    ],
    ['a name that climbs above the root is no path', [[file('../../a.txt'), file('d/../b.txt')]], ['b.txt']],
  ])('%s', async (_, layers, expected) => {
    expect(Object.keys(await view(...layers)).sort()).toEqual(expected);
  });

  it('takes a path below a linked folder for the path below its target', async () => {
    const merged = [{ path: 'lib', linkTo: 'usr/lib' }, file('usr/lib/a.txt', 'old')];

    expect(await view(merged, [file('lib/a.txt', 'new')])).toEqual({ 'usr/lib/a.txt': '1:new' });
    expect(await view(merged, [file('lib/.wh.a.txt')])).toEqual({});
    expect(await view(merged, [file('lib/.wh..wh..opq')])).toEqual({});
    expect(await view(merged, [file('usr/lib/a.txt', 'new')])).toEqual({ 'usr/lib/a.txt': '1:new' });
  });

  it('sees that a file behind a link was replaced by something nobody wants', async () => {
    const merged = [{ path: 'lib', linkTo: 'usr/lib' }, file('usr/lib/a.txt', 'old')];

    expect(await view(merged, [{ path: 'lib/a.txt', linkTo: 'nowhere' }])).toEqual({});
  });

  it('gives a hard link the content its target had, though the target is deleted later', async () => {
    const hardlink: EntrySpec = { path: 'b.txt', hardlinkTo: 'a.txt' };

    expect(await view([file('a.txt', 'one')], [hardlink], [file('.wh.a.txt')])).toEqual({ 'b.txt': '1:one' });
    expect(await view([file('a.txt', 'one'), hardlink], [file('a.txt', 'two')])).toEqual({
      'a.txt': '1:two',
      'b.txt': '0:one',
    });
  });

  it('asks to read the target of a hard link that nobody wanted under its own name', async () => {
    const results = [
      await read([file('store/x', 'one')]),
      await read([{ path: 'b.txt', hardlinkTo: 'store/x' }]),
    ];

    expect(overlayLayers(results, [textAnalyzer]).rereads).toEqual([
      { from: 0, path: 'store/x', analyzer: 'text', to: { layer: 1, path: 'b.txt' } },
    ]);
  });

  it('asks to read a file that is looked up through a link', async () => {
    const results = [
      await read([file('opt/state/db', 'one')]),
      await read([file('opt/state/db', 'two')]),
      await read([{ path: 'var/lib/db.txt', linkTo: '../../opt/state/db' }]),
    ];

    expect(overlayLayers(results, [textAnalyzer]).rereads).toEqual([
      { from: 1, path: 'opt/state/db', analyzer: 'text', to: { layer: 1, path: 'opt/state/db' } },
    ]);
  });

  it('asks for nothing behind a link whose target was deleted', async () => {
    const results = [
      await read([file('opt/db', 'one'), { path: 'var/lib/db.txt', linkTo: '/opt/db' }]),
      await read([file('.wh.opt')]),
    ];

    expect(overlayLayers(results, [textAnalyzer]).rereads).toEqual([]);
  });

  it.each([
    [
      'a loop',
      [
        { path: 'a', linkTo: 'b' },
        { path: 'b', linkTo: 'a' },
      ],
    ],
    ['a link to itself', [{ path: 'a', linkTo: 'a' }]],
    ['a link above the root', [{ path: 'a', linkTo: '../../../..' }]],
    [
      'a long chain',
      Array.from({ length: 100 }, (_, at) => ({ path: `a${at === 0 ? '' : at}`, linkTo: `a${at + 1}` })),
    ],
    [
      'links that double their path',
      Array.from({ length: 60 }, (_, at) => ({ path: `l${at}`, linkTo: `l${at + 1}/l${at + 1}` })),
    ],
  ])('ends on %s', async (_, links) => {
    const found = await view([file('etc/c.txt'), ...links, file('a/b.txt')]);

    expect(found['etc/c.txt']).toBe('0:etc/c.txt');
  });

  it('says when a folder has more links to it than it follows', async () => {
    const links = (count: number): EntrySpec[] =>
      Array.from({ length: count }, (_, at) => ({ path: `l${at}`, linkTo: 'd' }));
    const dropped = async (count: number): Promise<boolean> => {
      const results = [await read([file('d/a.txt'), ...links(count)]), await read([file('b.txt')])];
      return overlayLayers(results, [textAnalyzer]).aliasesDropped;
    };

    expect([await dropped(64), await dropped(65)]).toEqual([false, true]);
  });

  it('tells what a path held before, newest first, with the gaps', async () => {
    const results = [
      await read([file('a.txt', 'one')]),
      await read([file('.wh.a.txt')]),
      await read([file('a.txt', 'two')]),
      await read([file('b.txt')]),
      await read([file('a.txt', 'three')]),
    ];

    const { files } = overlayLayers(results, [textAnalyzer]);

    expect(files.find(({ path }) => path === 'a.txt')?.history).toEqual([
      { layer: 4, outputs: ['three'] },
      { layer: 2, outputs: ['two'] },
      { layer: 1, outputs: undefined },
      { layer: 0, outputs: ['one'] },
    ]);
  });
});
