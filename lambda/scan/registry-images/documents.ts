import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Image } from '../../image/index.ts';
import { type ImageReport, jsonFormat } from '../../report/index.ts';
import { OBJECT_PREFIXES } from '../../shared/environment.ts';
import { MiB } from '../../shared/units.ts';
import type { ObjectStore, WriteCondition } from '../../store/index.ts';
import type { Analysis } from '../analyse-image.ts';
import type { ScannedImage } from '../scan-source.ts';

/** An image's platforms as they were read, so that they can be matched again without pulling anything. */
export type StoredInventory = {
  /** The source's name, for reports. */
  readonly name: string;
  /** Platforms that could not be read have the report that says why, in place of an analysis. */
  readonly platforms: readonly (
    | { readonly image: Image; readonly analysis: Analysis }
    | { readonly image: Image; readonly report: ImageReport }
  )[];
};

/** Rises when the form of an inventory changes: what was kept in another one is to be scanned again. */
const FORMAT = 1;
/** What we write ourselves stays far below. */
const MAX_INFLATED_BYTES = 512 * MiB;
const envelopeSchema = z.strictObject({
  format: z.literal(FORMAT),
  name: z.string(),
  platforms: z.array(z.looseObject({ image: z.looseObject({ manifestDigest: z.string() }) })),
});

/** `reports/sha256:….json.gz`: what `backline scan --all-platforms --format json` writes for the image. */
export function reportKey(digest: string): string {
  return `${OBJECT_PREFIXES.reports}${digest}.json.gz`;
}

export function inventoryKey(digest: string): string {
  return `${OBJECT_PREFIXES.inventories}${digest}.json.gz`;
}

/** Keeps the report of an image: one document, over all its platforms. */
export async function storeReport(
  objects: ObjectStore,
  digest: string,
  reports: readonly ImageReport[],
  condition?: WriteCondition,
): Promise<void> {
  const text = jsonFormat.render(reports);
  await objects.put(reportKey(digest), gzipSync(text), condition);
}

/** What is to be kept of a scan, so that it can be matched again. */
export function inventoryOf(name: string, scanned: readonly ScannedImage[]): StoredInventory {
  const platforms = scanned.map(({ image, analysis, report }) =>
    analysis === undefined ? { image, report } : { image, analysis },
  );
  return { name, platforms };
}

export async function storeInventory(
  objects: ObjectStore,
  digest: string,
  inventory: StoredInventory,
): Promise<void> {
  await objects.put(inventoryKey(digest), gzipSync(JSON.stringify({ format: FORMAT, ...inventory })));
}

/** Undefined when there is none, or one that cannot be used: the image is to be scanned again. */
export async function readInventory(
  objects: ObjectStore,
  digest: string,
): Promise<StoredInventory | undefined> {
  const stored = await objects.get(inventoryKey(digest));
  if (stored === undefined) return undefined;
  try {
    const text = gunzipSync(stored.bytes, { maxOutputLength: MAX_INFLATED_BYTES }).toString('utf8');
    const { name, platforms } = envelopeSchema.parse(JSON.parse(text));
    // Written by the code above in this format; what an image put into it is text, and stays so.
    return { name, platforms: platforms as unknown as StoredInventory['platforms'] };
  } catch {
    return undefined;
  }
}
