import { createHash } from 'node:crypto';
import { decodeLayer, encodeLayer, LAYER_FORMAT, type LayerResult } from '../image/index.ts';
import { type Cataloger, type CatalogerOutput, catalogers } from '../packages/index.ts';
import { OBJECT_PREFIXES } from '../shared/environment.ts';
import type { ObjectStore } from '../store/index.ts';

/** Which reading of a layer is meant. */
export type LayerKey = {
  /** Digest of the stored layer. */
  readonly digest: string;
  /** Of the second pass, for files behind links: which catalogers want which paths. Absent: the first pass, for all. */
  readonly only?: ReadonlyMap<string, ReadonlySet<string>>;
};

/** Results of layers read before, for ever: they follow from the layer and the catalogers alone. */
export interface LayerCache {
  /** Undefined when the layer has to be read. */
  get(key: LayerKey): Promise<LayerResult<CatalogerOutput> | undefined>;
  put(key: LayerKey, result: LayerResult<CatalogerOutput>): Promise<void>;
}

/** Names what a layer is read with: another set of catalogers, or other versions of them, gives another text. */
function setOf(those: readonly Cataloger[]): string {
  const names = those.map(({ id, version }) => `${id}@${version}`).sort();
  return shortHash([`format@${LAYER_FORMAT}`, ...names].join('\n'));
}

/** The set of every cataloger there is. */
export function currentCatalogerSet(): string {
  return setOf(catalogers);
}

/** Keeps results in an object store, under `layers/`. What is there and damaged counts as not there. */
export function layerCache(objects: ObjectStore, those: readonly Cataloger[] = catalogers): LayerCache {
  const set = setOf(those);
  const name = ({ digest, only }: LayerKey): string =>
    `${OBJECT_PREFIXES.layers}${digest}/${set}${only === undefined ? '' : `-${wantedHash(only)}`}`;
  return {
    get: async (key) => {
      const stored = await objects.get(name(key));
      const result = stored === undefined ? undefined : decodeLayer<CatalogerOutput>(stored.bytes);
      return result?.digest === key.digest ? result : undefined;
    },
    put: async (key, result) => {
      // Where reading stopped for lack of time is no fact about the layer: it is to be tried again.
      if (result.problems.some(({ code }) => code === 'limit-time')) return;
      await objects.put(name(key), encodeLayer(result));
    },
  };
}

function wantedHash(only: ReadonlyMap<string, ReadonlySet<string>>): string {
  const lines = [...only].map(([path, ids]) => JSON.stringify([path, [...ids].sort()])).sort();
  return shortHash(lines.join('\n'));
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
