import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { AppError, messageOf } from '../shared/errors.ts';
import { formatBytes, KiB, MiB } from '../shared/units.ts';
import type { LayerAnalyzer } from './analyzer.ts';
import { ImageError } from './errors.ts';
import { type Chooser, LayerCollector } from './layer-collector.ts';
import type { LayerResult } from './layer-result.ts';
import { DEFAULT_LAYER_LIMITS, type LayerLimits } from './limits.ts';
import { sniffCompression } from './media-types.ts';
import { TarReader } from './tar/reader.ts';
import { zstdFrames } from './zstd-frames.ts';

export type ReadLayerOptions<Output> = {
  readonly digest: string;
  /** Stored bytes, for the ratio limit and messages. */
  readonly size: number;
  readonly analyzers: readonly LayerAnalyzer<Output>[];
  readonly limits?: LayerLimits;
  /** Which analyzers want a path; by default those whose `matches` says so. */
  readonly choose?: Chooser<Output>;
  /** Milliseconds of a steady clock. */
  readonly now?: () => number;
};

const OUTPUT_CHUNK_BYTES = 128 * KiB;
/** Inflated bytes that may wait: the inflating thread goes on while a chunk is parsed. */
const OUTPUT_BUFFER_BYTES = 1 * MiB;
const INFLATE = { chunkSize: OUTPUT_CHUNK_BYTES, readableHighWaterMark: OUTPUT_BUFFER_BYTES };

/**
 * Reads a layer in one pass: inflate, tar, parse what the analyzers want. Nothing is written but large wanted files,
 * to unnamed temporary files. Limits and damage inside the archive are `problems` of the result;
 * bytes that do not inflate throw `layer-corrupt` or `layer-truncated`, errors of the source pass through.
 */
export async function readLayer<Output>(
  stored: Readable,
  options: ReadLayerOptions<Output>,
): Promise<LayerResult<Output>> {
  const limits = options.limits ?? DEFAULT_LAYER_LIMITS;
  const now = options.now ?? (() => performance.now());
  const choose = options.choose ?? matching(options.analyzers);
  const collector = new LayerCollector<Output>(options.digest, choose, limits);
  const tar = new TarReader(collector, limits.metadataBytes);
  const deadline = now() + limits.timeMs;
  let inflated = 0;
  const consume = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) {
      inflated += chunk.length;
      const hit = limitHit(inflated, options.size, limits) ?? (now() > deadline ? TIME_LIMIT : undefined);
      if (hit !== undefined) collector.stop(hit.code, hit.detail);
      if (collector.stopped) return;
      tar.write(chunk);
      if (collector.pending.length > 0) await settle(collector);
    }
  };
  try {
    await inflate(stored, consume);
  } catch (error) {
    // Leaving early at a limit makes the streams before fail: that is no news.
    if (!collector.stopped) throw explained(error, options.digest);
  } finally {
    collector.close();
    await settle(collector);
  }
  if (!collector.stopped && tar.finish() === 'truncated') {
    collector.problem('layer-truncated', 'the archive ends inside an entry');
  }
  return collector.result(options.digest, options.analyzers, inflated);
}

const TIME_LIMIT = { code: 'limit-time', detail: 'reading the layer took too long; the rest is not read' };

function matching<Output>(analyzers: readonly LayerAnalyzer<Output>[]): Chooser<Output> {
  return (path, entry) => {
    let wanting: LayerAnalyzer<Output>[] | undefined;
    for (const analyzer of analyzers) {
      if (!analyzer.matches(path, entry)) continue;
      if (wanting === undefined) wanting = [analyzer];
      else wanting.push(analyzer);
    }
    return wanting ?? NOBODY;
  };
}

const NOBODY: readonly never[] = [];

/** Waits for the parsers of the files read so far, so that at most one chunk's files are held. */
async function settle(collector: { pending: Promise<void>[] }): Promise<void> {
  const pending = collector.pending;
  collector.pending = [];
  await Promise.all(pending);
}

/**
 * How a layer is compressed is read from its first bytes: media types have been wrong.
 * Several gzip members or zstd frames in a row are one stream (eStargz and SOCI write layers so).
 */
async function inflate(
  stored: Readable,
  consume: (chunks: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  switch (sniffCompression(await headOf(stored))) {
    case 'none':
      return await pipeline(stored, consume);
    case 'gzip':
      return await pipeline(stored, createGunzip(INFLATE), consume);
    case 'zstd':
      return await pipeline(
        stored,
        (chunks: AsyncIterable<Buffer>) => zstdFrames(chunks, OUTPUT_CHUNK_BYTES),
        consume,
      );
  }
}

/** The first chunk, put back. */
async function headOf(stored: Readable): Promise<Buffer> {
  for (;;) {
    const chunk = stored.read() as Buffer | null;
    if (chunk !== null) {
      stored.unshift(chunk);
      return chunk;
    }
    if (stored.readableEnded || stored.destroyed) return Buffer.alloc(0);
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error): void => {
        stored.off('readable', done).off('end', done).off('error', done);
        if (error instanceof Error) reject(error);
        else resolve();
      };
      stored.on('readable', done).on('end', done).on('error', done);
    });
  }
}

function limitHit(
  inflated: number,
  stored: number,
  limits: LayerLimits,
): { code: string; detail: string } | undefined {
  if (inflated > limits.inflatedBytes) {
    return {
      code: 'limit-bytes',
      detail: `more than ${formatBytes(limits.inflatedBytes)} inflated; the rest is not read`,
    };
  }
  if (inflated > limits.ratioFloorBytes && inflated > stored * limits.ratio) {
    return {
      code: 'limit-ratio',
      detail: `inflates to more than ${limits.ratio} times its size; the rest is not read`,
    };
  }
  return undefined;
}

function explained(error: unknown, digest: string): unknown {
  if (error instanceof AppError) return error;
  const code = (error as { code?: unknown }).code;
  if (code === 'Z_BUF_ERROR') {
    return new ImageError('layer-truncated', `layer ${digest} ends before its compressed stream does`, {
      cause: error,
      data: { digest },
    });
  }
  if (typeof code === 'string' && (code.startsWith('Z_') || code.startsWith('ZSTD_'))) {
    return new ImageError('layer-corrupt', `layer ${digest} does not decompress: ${messageOf(error)}`, {
      cause: error,
      data: { digest },
    });
  }
  return error;
}
