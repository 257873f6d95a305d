import { pipeline, type Readable, Transform } from 'node:stream';

export type AnalyseProgress = {
  readonly layersDone: number;
  readonly layers: number;
  /** Stored bytes read, of those layers that are not known yet. */
  readonly bytesDone: number;
  readonly bytes: number;
};

/** Adds up what is read of several layers at a time. */
export interface LayerProgress {
  /** The stream, its bytes counted as they pass; the stream itself when nobody listens. */
  counted(stored: Readable): Readable;
  /** The layer is read, or as much of it as is wanted. */
  done(): void;
}

/** Tells `listener` how far the reading of these layers is: at the start, with each chunk and with each layer. */
export function layerProgress(
  layers: readonly { readonly size: number }[],
  listener: ((progress: AnalyseProgress) => void) | undefined,
): LayerProgress {
  if (listener === undefined) return { counted: (stored) => stored, done: () => undefined };
  const bytes = layers.reduce((sum, { size }) => sum + size, 0);
  let layersDone = 0;
  let bytesDone = 0;
  const report = (): void => listener({ layersDone, layers: layers.length, bytesDone, bytes });
  report();
  return {
    counted: (stored) => {
      const counter = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          bytesDone += chunk.length;
          report();
          done(null, chunk);
        },
      });
      // Whoever reads the result meets the error of either.
      return pipeline(stored, counter, () => undefined);
    },
    done: () => {
      layersDone += 1;
      report();
    },
  };
}
