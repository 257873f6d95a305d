import { randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { MiB } from '../../../lambda/shared/units.ts';
import type { ObjectStore } from '../../../lambda/store/index.ts';
import { codeOf } from '../../support/code-of.ts';
import { readAll } from '../../support/read-all.ts';

const INVALID_KEYS = [
  '',
  '/',
  '/a',
  'a/',
  'a//b',
  '.',
  '..',
  'a/../b',
  '../a',
  'a b',
  'a\\b',
  'a,b',
  'a%2fb',
  'ä',
  'a\0',
  'a\n',
  'x'.repeat(251),
  'x/'.repeat(512) + 'x',
];

/** What every object store does. Each test has keys of its own. */
export function keepsObjects(setting: {
  readonly store: () => ObjectStore;
  /** A path for a file of the test. */
  readonly path: (name: string) => string;
}): void {
  const { store } = setting;
  const freshKey = (): string => `layers/sha256:${randomUUID()}/3.json`;

  it('gives back what was put, with the revision of the write', async () => {
    const key = freshKey();

    const revision = await store().put(key, Buffer.from('content'));

    expect(await store().get(key)).toEqual({ bytes: Buffer.from('content'), revision });
    expect(await store().has(key)).toBe(true);
  });

  it('says so when there is no object', async () => {
    const key = freshKey();

    expect(await store().get(key)).toBeUndefined();
    expect(await store().stream(key)).toBeUndefined();
    expect(await store().has(key)).toBe(false);
  });

  it('replaces an object, and its revision', async () => {
    const key = freshKey();
    const first = await store().put(key, Buffer.from('first'));

    const second = await store().put(key, Buffer.from('second'));

    expect(second).not.toBe(first);
    expect((await store().get(key))?.bytes.toString()).toBe('second');
  });

  it('keeps an empty object', async () => {
    const key = freshKey();

    const revision = await store().put(key, Buffer.alloc(0));

    expect(await store().get(key)).toEqual({ bytes: Buffer.alloc(0), revision });
  });

  it('keeps the content of a file, and streams it', async () => {
    const [key, path, content] = [freshKey(), setting.path('large'), randomBytes(3 * MiB + 17)];
    await writeFile(path, content);

    const revision = await store().put(key, { file: path });

    const stream = await store().stream(key);
    expect(stream === undefined ? undefined : (await readAll(stream)).equals(content)).toBe(true);
    expect((await store().get(key))?.revision).toBe(revision);
  });

  it('gives the same revision to the same bytes, from memory or from a file', async () => {
    const path = setting.path('same');
    await writeFile(path, 'same bytes');

    const revisions = [
      await store().put(freshKey(), { file: path }),
      await store().put(freshKey(), Buffer.from('same bytes')),
    ];

    expect(revisions[0]).toBe(revisions[1]);
  });

  it('fails when the file to put is not there, and keeps nothing', async () => {
    const key = freshKey();

    expect(await codeOf(() => store().put(key, { file: setting.path('missing') }))).toBe('store-unavailable');

    expect(await store().has(key)).toBe(false);
  });

  it('keeps a key, and another one below it', async () => {
    const key = `reports/${randomUUID()}`;

    await store().put(`${key}/1`, Buffer.from('below'));
    await store().put(key, Buffer.from('above'));

    expect((await store().get(key))?.bytes.toString()).toBe('above');
    expect((await store().get(`${key}/1`))?.bytes.toString()).toBe('below');
    expect(await store().has(`${key}/1/2`)).toBe(false);
  });

  it('keeps keys of every character that is allowed', async () => {
    const key = `inventories/${randomUUID()}/AZaz09._:@+=-`;

    await store().put(key, Buffer.from('odd'));

    expect((await store().get(key))?.bytes.toString()).toBe('odd');
    expect(await store().has(key.replace(':', '-'))).toBe(false);
  });

  it('deletes an object, and does nothing when there is none', async () => {
    const key = freshKey();
    await store().put(key, Buffer.from('content'));

    await store().delete(key);
    await store().delete(key);

    expect(await store().has(key)).toBe(false);
  });

  it.each(INVALID_KEYS)('rejects the key %j', async (key) => {
    expect(await codeOf(() => store().get(key))).toBe('key-invalid');
    expect(await codeOf(() => store().stream(key))).toBe('key-invalid');
    expect(await codeOf(() => store().has(key))).toBe('key-invalid');
    expect(await codeOf(() => store().put(key, Buffer.alloc(1)))).toBe('key-invalid');
    expect(await codeOf(() => store().delete(key))).toBe('key-invalid');
  });

  it('writes only when there is no object, if so asked', async () => {
    const key = freshKey();
    const first = await store().put(key, Buffer.from('first'), { absent: true });

    const second = store().put(key, Buffer.from('second'), { absent: true });

    await expect(second).rejects.toMatchObject({ code: 'object-changed', retryable: true });
    expect(await store().get(key)).toEqual({ bytes: Buffer.from('first'), revision: first });
  });

  it('writes only over the revision it is told', async () => {
    const key = freshKey();
    const first = await store().put(key, Buffer.from('first'));

    const second = await store().put(key, Buffer.from('second'), { revision: first });
    const third = store().put(key, Buffer.from('third'), { revision: first });

    await expect(third).rejects.toMatchObject({ code: 'object-changed' });
    expect(await store().get(key)).toEqual({ bytes: Buffer.from('second'), revision: second });
  });

  it('rejects a write over a revision of an object that was deleted', async () => {
    const key = freshKey();
    const revision = await store().put(key, Buffer.from('content'));
    await store().delete(key);

    expect(await codeOf(() => store().put(key, Buffer.from('more'), { revision }))).toBe('object-changed');

    expect(await store().has(key)).toBe(false);
  });

  it('lets one of many writers at once have its condition', async () => {
    const key = freshKey();

    const made = await winners(10, (text) => store().put(key, Buffer.from(text), { absent: true }));
    const revision = (await store().get(key))?.revision ?? '';
    const changed = await winners(10, (text) => store().put(key, Buffer.from(`${text}!`), { revision }));

    expect(made).toHaveLength(1);
    expect(changed).toHaveLength(1);
    expect((await store().get(key))?.bytes.toString()).toBe(`${changed[0]}!`);
  });
}

/** Which of `count` writers succeeded; the others must fail with `object-changed`. */
async function winners(count: number, write: (text: string) => Promise<unknown>): Promise<string[]> {
  const writers = Array.from({ length: count }, (_, number) => `writer ${number}`);
  const results = await Promise.allSettled(writers.map(write));
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'object-changed' });
  }
  return writers.filter((_, index) => results[index]?.status === 'fulfilled');
}
