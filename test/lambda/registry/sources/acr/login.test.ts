import { describe, expect, it } from '@jest/globals';
import { codeOf } from '../../../../support/code-of.ts';
import { all, names, REGISTRIES, type Setting, setting } from './setting.ts';

const MINUTE = 60_000;

function exchanges({ acr }: Setting): number {
  return acr.requests.filter(({ url, status }) => url === '/oauth2/exchange' && status === 200).length;
}

function accessTokens({ acr }: Setting): number {
  return acr.requests.filter(({ url, status }) => url.startsWith('/oauth2/token') && status === 200).length;
}

describe('registry/sources/acr/login', () => {
  it('asks Entra for the audience of registries first, and no other when it is taken', async () => {
    const there = await setting();

    await names(there.open(), there);

    expect(there.entra.asked.map(({ scope }) => scope)).toEqual([REGISTRIES]);
  });

  it("falls back to ARM's audience where the tenant does not know that of registries", async () => {
    const there = await setting({ resources: [] });

    expect(await names(there.open(), there)).toHaveLength(3);
    expect(there.entra.asked.map(({ scope }) => scope)).toEqual([REGISTRIES, there.arm]);
  });

  it("falls back to ARM's audience where a registry does not take that of registries", async () => {
    const there = await setting({ takes: 'arm' });

    expect(await names(there.open(), there)).toHaveLength(3);
    expect(there.entra.asked.map(({ scope }) => scope)).toEqual([REGISTRIES, there.arm]);
  });

  it('keeps a refresh token for most of its life, and renews it before its end', async () => {
    let now = Date.UTC(2026, 0, 1);
    const there = await setting({ now: () => now });
    const registry = there.open();

    await names(registry, there);
    now += 174 * MINUTE;
    await names(registry, there);
    expect(exchanges(there)).toBe(1);
    now += 2 * MINUTE;
    await names(registry, there);

    expect(exchanges(there)).toBe(2);
    expect(
      there.acr.requests.filter(({ url, status }) => url.startsWith('/oauth2') && status !== 200),
    ).toEqual([]);
  });

  it('keeps an access token for as long as it says itself, and renews it before its end', async () => {
    let now = Date.UTC(2026, 0, 1);
    const there = await setting({ now: () => now });
    const source = await there
      .open()
      .open({ host: there.acr.host, name: 'app' }, there.image.descriptor.digest);

    await source.manifest();
    now += 74 * MINUTE;
    await source.manifest();
    expect(accessTokens(there)).toBe(1);
    now += MINUTE;
    await source.manifest();

    expect(accessTokens(there)).toBe(2);
    expect(there.acr.requests.filter(({ status }) => status === 401)).toHaveLength(1);
  });

  it('keeps its tokens from one registry to the next that is made with the same login', async () => {
    const there = await setting();
    const { login } = there.options();

    await names(there.open({ login }), there);
    await names(there.open({ login }), there);

    expect(exchanges(there)).toBe(1);
    expect(there.entra.asked).toHaveLength(1);
  });

  it('exchanges once for requests that come together', async () => {
    const there = await setting();
    const registry = there.open();
    const images = (name: string) => all(registry.images({ host: there.acr.host, name }, () => {}));

    await Promise.all(['app', 'team/api', 'team/web'].map(images));

    expect(exchanges(there)).toBe(1);
  });

  it('exchanges again when a refresh token is refused before its end', async () => {
    let now = Date.UTC(2026, 0, 1);
    const there = await setting({ now: () => now });
    const registry = there.open();
    await names(registry, there);
    there.acr.expireTokens('all');
    now += 2 * MINUTE;

    expect(await names(registry, there)).toHaveLength(3);
    expect(exchanges(there)).toBe(2);
  });

  it('does not exchange again when a young refresh token is refused: a right is missing', async () => {
    const there = await setting({ acr: { mode: 'abac', lenientExchange: true } });

    expect(await codeOf(() => names(there.open(), there))).toBe('catalog-forbidden');
    expect(exchanges(there)).toBe(1);
  });
});
