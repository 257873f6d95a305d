import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { KiB, SECOND_MS } from '../../../lambda/shared/units.ts';
import type { StateQuery, StateRecord, StateStore, StateValue } from '../../../lambda/store/index.ts';
import { codeOf } from '../../support/code-of.ts';

/** A clock that stands until it is moved. */
export type TestClock = { (): Date; advance(ms: number): void };

export function testClock(): TestClock {
  let now = Date.parse('2026-05-01T12:00:00.400Z');
  return Object.assign(() => new Date(now), { advance: (ms: number) => void (now += ms) });
}

/** What every state store does. Each test has a partition of its own. */
export function keepsState(setting: { readonly store: () => StateStore; readonly clock: TestClock }): void {
  const { store, clock } = setting;
  const putAll = async (partition: string, sorts: readonly string[]): Promise<void> => {
    for (const sort of sorts) await store().put(partition, sort, { sort });
  };

  it('gives back what was put', async () => {
    const partition = randomUUID();
    const value = {
      text: 'ä "quoted" 💾',
      empty: '',
      number: -1.25,
      small: 0.000_43,
      large: Number.MAX_SAFE_INTEGER,
      yes: true,
      nothing: null,
      list: [1, 'two', [], {}],
      map: { 'odd key#:%': { deep: [] } },
    };

    const version = await store().put(partition, 'sort', value);

    expect(version).toBe(1);
    expect(await store().get(partition, 'sort')).toEqual({ partition, sort: 'sort', version: 1, value });
  });

  it('leaves out what is undefined', async () => {
    const partition = randomUUID();

    await store().put(partition, 'sort', { kept: 1, absent: undefined });

    expect(Object.keys((await store().get(partition, 'sort'))?.value ?? {})).toEqual(['kept']);
  });

  it('says so when there is no record', async () => {
    const partition = randomUUID();

    expect(await store().get(partition, 'sort')).toBeUndefined();
    expect(await store().query(partition)).toEqual({ records: [] });
  });

  it('counts versions, with and without an expected one', async () => {
    const partition = randomUUID();

    const versions = [
      await store().put(partition, 'sort', { step: 1 }, { expected: 0 }),
      await store().put(partition, 'sort', { step: 2 }),
      await store().put(partition, 'sort', { step: 3 }, { expected: 2 }),
    ];

    expect(versions).toEqual([1, 2, 3]);
    expect(await store().get(partition, 'sort')).toMatchObject({ version: 3, value: { step: 3 } });
  });

  it.each([0, 1, 3])(
    'rejects a write that expects version %d of a record with version 2',
    async (expected) => {
      const partition = randomUUID();
      await store().put(partition, 'sort', { step: 1 });
      await store().put(partition, 'sort', { step: 2 });

      const write = store().put(partition, 'sort', { step: 3 }, { expected });

      await expect(write).rejects.toMatchObject({ code: 'state-conflict', retryable: true });
      expect(await store().get(partition, 'sort')).toMatchObject({ version: 2, value: { step: 2 } });
    },
  );

  it('rejects a write that expects a record where there is none', async () => {
    const partition = randomUUID();

    expect(await codeOf(() => store().put(partition, 'sort', {}, { expected: 1 }))).toBe('state-conflict');

    expect(await store().get(partition, 'sort')).toBeUndefined();
  });

  it('lets one of many writers at once have the version they expect', async () => {
    const partition = randomUUID();
    const writes = Array.from({ length: 10 }, (_, writer) =>
      store().put(partition, 'sort', { writer }, { expected: 0 }),
    );

    const results = await Promise.allSettled(writes);

    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect((await store().get(partition, 'sort'))?.version).toBe(1);
  });

  it('deletes a record, and does nothing when there is none', async () => {
    const partition = randomUUID();
    await store().put(partition, 'sort', {});

    await store().delete(partition, 'sort');
    await store().delete(partition, 'sort');

    expect(await store().get(partition, 'sort')).toBeUndefined();
    expect(await store().put(partition, 'sort', {}, { expected: 0 })).toBe(1);
  });

  it('lists a partition in the order of the bytes of its sort keys', async () => {
    const partition = randomUUID();
    // 💾 comes before U+FF5E in UTF-16, after it in UTF-8.
    const sorts = ['A', 'B', 'a', 'a#1', 'a#10', 'a#2', 'b', 'ä', '～', '💾'];
    await putAll(partition, sorts.toReversed());
    await putAll(`${partition}x`, ['other']);

    const { records } = await store().query(partition, { limit: 1000 });

    expect(sortsOf(await pages(store(), partition))).toEqual(sorts);
    expect(sortsOf(records)).toEqual(sorts.slice(0, records.length));
  });

  it('lists only sort keys that begin with a prefix', async () => {
    const partition = randomUUID();
    await putAll(partition, ['IMAGE', 'IMAGE#1', 'IMAGE#2', 'IMAGE#2#a', 'IMAGE$', 'TAG#1', 'ä#%_1', 'äx']);

    expect(sortsOf(await pages(store(), partition, { prefix: 'IMAGE#' }))).toEqual([
      'IMAGE#1',
      'IMAGE#2',
      'IMAGE#2#a',
    ]);
    expect(sortsOf(await pages(store(), partition, { prefix: 'ä#%_' }))).toEqual(['ä#%_1']);
    expect(await pages(store(), partition, { prefix: 'NONE' })).toEqual([]);
  });

  it('pages by its limit, and each page goes on where the last ended', async () => {
    const partition = randomUUID();
    const sorts = Array.from({ length: 23 }, (_, number) => `s#${String(number).padStart(3, '0')}`);
    await putAll(partition, ['r', ...sorts, 't']);

    const first = await store().query(partition, { prefix: 's#', limit: 2 });
    const all = await pages(store(), partition, { prefix: 's#', limit: 2 });

    expect(first.records).toHaveLength(2);
    expect(first.next).toBe('s#001');
    expect(sortsOf(all)).toEqual(sorts);
  });

  it.each([
    { after: 'a', prefix: 'b', expected: ['b#1', 'b#2'] },
    { after: 'b', prefix: 'b', expected: ['b#1', 'b#2'] },
    { after: 'b#1', prefix: 'b', expected: ['b#2'] },
    { after: 'b#1x', prefix: 'b', expected: ['b#2'] },
    { after: 'b#2', prefix: 'b', expected: [] },
    { after: 'c', prefix: 'b', expected: [] },
    { after: 'b#2', expected: ['c'] },
  ])('lists what comes after $after with the prefix $prefix', async ({ expected, ...query }) => {
    const partition = randomUUID();
    await putAll(partition, ['a', 'b#1', 'b#2', 'c']);

    expect(sortsOf(await pages(store(), partition, query))).toEqual(expected);
  });

  it('hides a record once it has expired, to the second', async () => {
    const partition = randomUUID();
    const expiresAt = clock().getTime() + 10 * SECOND_MS;
    await store().put(partition, 'lasting', {});
    await store().put(partition, 'passing', {}, { expiresAt });

    clock.advance(10 * SECOND_MS - 1);
    const before = await pages(store(), partition);
    clock.advance(SECOND_MS);

    expect(sortsOf(before)).toEqual(['lasting', 'passing']);
    expect(sortsOf(await pages(store(), partition))).toEqual(['lasting']);
    expect(await store().get(partition, 'passing')).toBeUndefined();
  });

  it('takes an expired record for none when a version is expected', async () => {
    const partition = randomUUID();
    const version = await store().put(partition, 'sort', { age: 'old' }, { expiresAt: clock().getTime() });
    clock.advance(2 * SECOND_MS);

    const late = store().put(partition, 'sort', { age: 'late' }, { expected: version });
    await expect(late).rejects.toMatchObject({ code: 'state-conflict' });
    const written = await store().put(partition, 'sort', { age: 'new' }, { expected: 0 });

    expect(await store().get(partition, 'sort')).toMatchObject({ version: written, value: { age: 'new' } });
    expect(await store().put(partition, 'sort', {}, { expected: written })).toBe(written + 1);
  });

  it('forgets an expiry with the next write that has none', async () => {
    const partition = randomUUID();
    await store().put(partition, 'sort', {}, { expiresAt: clock().getTime() + SECOND_MS });
    await store().put(partition, 'sort', { now: 'lasting' });

    clock.advance(10 * SECOND_MS);

    expect((await store().get(partition, 'sort'))?.value).toEqual({ now: 'lasting' });
  });

  it.each([
    ['', 'an empty key'],
    ['x'.repeat(1025), 'a key over 1024 bytes'],
    ['ä'.repeat(513), 'a key over 1024 bytes of UTF-8'],
    ['\ud800', 'a key that is no text'],
  ])('rejects %#: %s', async (bad) => {
    expect(await codeOf(() => store().get(bad, 'sort'))).toBe('key-invalid');
    expect(await codeOf(() => store().get('partition', bad))).toBe('key-invalid');
    expect(await codeOf(() => store().query(bad))).toBe('key-invalid');
    expect(await codeOf(() => store().put('partition', bad, {}))).toBe('key-invalid');
    expect(await codeOf(() => store().delete('partition', bad))).toBe('key-invalid');
  });

  it('keeps a value of 390 KiB, and rejects a larger one', async () => {
    const partition = randomUUID();
    const overhead = JSON.stringify({ text: '' }).length;

    await store().put(partition, 'x'.repeat(1024), { text: 'x'.repeat(390 * KiB - overhead) });

    const larger = { text: 'x'.repeat(390 * KiB - overhead + 1) };
    expect(await codeOf(() => store().put(partition, 'larger', larger))).toBe('value-too-large');
    expect(sortsOf(await pages(store(), partition))).toEqual(['x'.repeat(1024)]);
  });

  it.each<{ what: string; value: StateValue }>([
    { what: 'NaN', value: { number: Number.NaN } },
    { what: 'infinity', value: { list: [Number.POSITIVE_INFINITY] } },
    { what: 'an integer that is not exact', value: { number: 2 ** 53 } },
    { what: '31 levels', value: nested(31) },
  ])('rejects a value with $what', async ({ value }) => {
    expect(await codeOf(() => store().put(randomUUID(), 'sort', value))).toBe('value-invalid');
  });

  it('keeps a value of 30 levels', async () => {
    const partition = randomUUID();

    await store().put(partition, 'sort', nested(30));

    expect((await store().get(partition, 'sort'))?.value).toEqual(nested(30));
  });
}

/** Maps in maps, `levels` of them. */
function nested(levels: number): StateValue {
  return levels === 1 ? {} : { below: nested(levels - 1) };
}

/** All records of all pages. */
async function pages(store: StateStore, partition: string, query: StateQuery = {}): Promise<StateRecord[]> {
  const found: StateRecord[] = [];
  let next = query.after;
  do {
    const page = await store.query(partition, next === undefined ? query : { ...query, after: next });
    found.push(...page.records);
    next = page.next;
  } while (next !== undefined);
  return found;
}

function sortsOf(records: readonly StateRecord[]): string[] {
  return records.map((record) => record.sort);
}
