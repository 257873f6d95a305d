import { randomBytes } from 'node:crypto';
import { afterEach } from '@jest/globals';
import {
  type HttpOptions,
  type ImageSource,
  type OpenOptions,
  openSource,
} from '../../../../lambda/registry/index.ts';
import { type RegistryDouble, startRegistry } from '../../../doubles/registry.ts';
import type { Auth } from '../../../doubles/registry-auth.ts';
import { type BuiltImage, type BuiltLayer, image, layer, push } from '../../../support/image-builder.ts';

/** Pauses that were asked for instead of slept. */
export type Patience = { readonly pauses: number[]; readonly http: HttpOptions };

/**
 * HTTP options under which nothing waits: the clock alone moves on, by what would have been slept. Chance always takes
 * nothing off a pause, and no host was asked before.
 */
export function impatient(more: HttpOptions = {}): Patience {
  const pauses: number[] = [];
  const start = Date.now();
  const { now = () => start } = more;
  let slept = 0;
  const sleep = async (ms: number): Promise<void> => {
    pauses.push(ms);
    slept += ms;
  };
  return {
    pauses,
    http: { sleep, random: () => 0, pacing: new Map(), ...more, now: () => now() + slept },
  };
}

export type Setting = {
  readonly registry: RegistryDouble;
  readonly image: BuiltImage;
  readonly layer: BuiltLayer;
  readonly pauses: readonly number[];
  readonly open: (options?: OpenOptions, reference?: string) => Promise<ImageSource>;
};

const running: (() => Promise<void>)[] = [];

/** A registry with `app:1`, whose layer has 300 kB that do not compress, and sources on it; all closed after each test. */
export async function setting(auth?: Auth, http?: HttpOptions): Promise<Setting> {
  const registry = await startRegistry(auth === undefined ? {} : { auth });
  running.push(() => registry.close());
  const only = await layer([{ path: 'noise', content: randomBytes(300_000) }]);
  const built = image([only]);
  push(registry, 'app', '1', built);
  const patience = impatient(http);
  return {
    registry,
    image: built,
    layer: only,
    pauses: patience.pauses,
    open: async (options = {}, reference = `${registry.host}/app:1`) => {
      const source = await openSource(reference, {
        insecure: true,
        environment: { DOCKER_CONFIG: '/nonexistent' },
        http: patience.http,
        ...options,
      });
      running.unshift(() => source.close());
      return source;
    },
  };
}

afterEach(async () => {
  for (const close of running.splice(0)) await close();
});
