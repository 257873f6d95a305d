import { mkdir, readdir, readlink, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { openSource } from '../../../lambda/registry/index.ts';
import { codeOf } from '../../support/code-of.ts';
import { dockerSaveTar, image, layer, layoutTar, writeLayoutDirectory } from '../../support/image-builder.ts';
import { digestOf } from '../../support/read-all.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const inDirectory = temporaryDirectory();
const NETWORKLESS = { environment: { DOCKER_CONFIG: '/nonexistent' } };

async function nameOf(input: string): Promise<string> {
  const source = await openSource(input, NETWORKLESS);
  await source.close();
  return source.name;
}

/** The files this process has open; none where the system does not say. */
async function openFiles(): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd').catch(() => []);
  return Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
}

describe('registry/open-source', () => {
  beforeAll(async () => {
    const built = image([await layer([{ path: 'a' }])]);
    await writeFile(
      inDirectory('saved.tar'),
      await dockerSaveTar([{ image: built, tags: ['app:1'] }], 'legacy'),
    );
    await writeFile(inDirectory('a:b.tar'), await layoutTar([{ image: built, name: '1' }]));
    await writeLayoutDirectory(inDirectory('layout'), [{ image: built }]);
    await mkdir(inDirectory('plain'));
  });

  it.each([
    ['alpine', 'docker.io/library/alpine:latest'],
    ['registry:alpine:3', 'docker.io/library/alpine:3'],
    ['localhost:5000/app', 'localhost:5000/app:latest'],
  ])('opens %s as an image in a registry', async (input, name) => {
    expect(await nameOf(input)).toBe(name);
  });

  it.each(['saved.tar', 'layout', 'a:b.tar'])('opens the file %s', async (file) => {
    expect(await nameOf(inDirectory(file))).toBe(inDirectory(file));
  });

  it.each([
    ['docker-archive', 'saved.tar', undefined],
    ['docker-archive', 'saved.tar', 'app:1'],
    ['oci', 'layout', undefined],
    ['oci', 'a:b.tar', undefined],
    ['oci', 'a:b.tar', '1'],
  ])('opens %s:%s with the name %s', async (prefix, file, name) => {
    const suffix = name === undefined ? '' : `:${name}`;

    expect(await nameOf(`${prefix}:${inDirectory(file)}${suffix}`)).toBe(`${inDirectory(file)}${suffix}`);
  });

  it.each([
    ['./alpine', 'image-not-found', 'no such file or directory: ./alpine'],
    ['/nowhere/app', 'image-not-found', 'no such file'],
    ['../app', 'image-not-found', 'no such file'],
    ['~/app', 'image-not-found', 'no such file'],
    ['app.tar', 'image-not-found', 'no such file'],
    ['app.tar.gz', 'image-not-found', 'no such file'],
    ['app.tgz', 'image-not-found', 'no such file'],
    ['C:\\images\\app', 'image-not-found', 'no such file'],
    ['oci:/nowhere', 'image-not-found', 'no such file'],
    ['docker-archive:alpine', 'image-not-found', 'no such file'],
    ['App', 'reference-invalid', 'a repository is written in lower case; and there is no file of this name'],
    ['registry:./app', 'reference-invalid', 'is not an image reference'],
    ['a\0b', 'reference-invalid', "'a\\u0000b' is not an image reference"],
    ['', 'reference-invalid', 'it is empty'],
  ])('rejects %j with %s', async (input, code, sentence) => {
    expect(await codeOf(() => openSource(input, NETWORKLESS))).toBe(code);
    await expect(openSource(input, NETWORKLESS)).rejects.toThrow(sentence);
  });

  it('rejects a directory that is no layout', async () => {
    expect(await codeOf(() => openSource(inDirectory('plain')))).toBe('archive-invalid');
    expect(await codeOf(() => openSource(`oci:${inDirectory('plain')}`))).toBe('layout-invalid');
  });

  it('lets go of a file it cannot use', async () => {
    await writeFile(inDirectory('useless.tar'), Buffer.alloc(1024));

    expect(await codeOf(() => openSource(inDirectory('useless.tar')))).toBe('archive-invalid');
    expect(await openFiles()).not.toContain(inDirectory('useless.tar'));
  });

  it('reports a temporary directory that is not there', async () => {
    const stdin = Readable.from([Buffer.alloc(1024)]);
    const temporaryDirectory = inDirectory('nowhere');

    expect(await codeOf(() => openSource('-', { stdin, temporaryDirectory }))).toBe('archive-invalid');
    expect(stdin.destroyed).toBe(true);
  });

  it('rejects plain HTTP to other machines', async () => {
    expect(await codeOf(() => openSource('ghcr.io/owner/app', { insecure: true }))).toBe('insecure-refused');
  });

  it.each([
    ['-', 'a layout', async () => layoutTar([{ image: image([]), name: '1' }])],
    ['oci:-:1', 'a layout', async () => layoutTar([{ image: image([]), name: '1' }])],
    [
      '-',
      'a compressed archive',
      async () => gzipSync(await dockerSaveTar([{ image: image([]), tags: [] }], 'legacy')),
    ],
  ])('reads %s: %s on standard input, and leaves no file', async (input, _, make) => {
    const temporaryDirectory = inDirectory('spool');
    await mkdir(temporaryDirectory, { recursive: true });
    const stdin = Readable.from([await make()]);

    const source = await openSource(input, { stdin, temporaryDirectory });
    const { config } = JSON.parse((await source.manifest()).bytes.toString()) as {
      config: { digest: string; size: number };
    };

    expect(await digestOf(await source.blob({ mediaType: '', ...config }))).toBe(config.digest);
    expect(await readdir(temporaryDirectory)).toEqual([]);
    await source.close();
  });

  it('rejects more on standard input than the limit', async () => {
    const stdin = Readable.from([Buffer.alloc(2000)]);

    expect(await codeOf(() => openSource('-', { stdin, maxSpoolBytes: 1000 }))).toBe('archive-too-large');
  });
});
