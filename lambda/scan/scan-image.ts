import { type OpenOptions, openSource } from '../registry/index.ts';
import type { ImageReport } from '../report/index.ts';
import { type ScanSourceOptions, scanSource } from './scan-source.ts';

export type ScanOptions = ScanSourceOptions & {
  /** A reference, a path or `-`: see `openSource`. */
  readonly input: string;
  readonly open?: OpenOptions;
};

/** Opens what somebody named as an image and scans it: see `scanSource`. Gives one report a platform. */
export async function scanImage(options: ScanOptions): Promise<ImageReport[]> {
  options.onProgress?.({ stage: 'opening', name: options.input });
  const source = await openSource(options.input, options.open);
  try {
    return (await scanSource(source, options)).map(({ report }) => report);
  } finally {
    await source.close();
  }
}
