import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { z } from 'zod';
import { GiB } from '../shared/units.ts';
import type { LayerResult } from './layer-result.ts';
import { PathSet } from './path-set.ts';

/** Rises when the form below or the meaning of a field changes: what was stored in another one is read anew from the layer. */
export const LAYER_FORMAT = 1;

const problem = z.strictObject({ code: z.string(), detail: z.string(), path: z.string().optional() });
const link = z.strictObject({ path: z.string(), target: z.string() });

/** Everything but the fingerprints; `outputs` are the analyzers' own and come back as they went. */
const headerSchema = z.strictObject({
  format: z.literal(LAYER_FORMAT),
  digest: z.string(),
  analyzers: z.record(z.string(), z.number()),
  files: z.array(
    z.strictObject({
      path: z.string(),
      analyzer: z.string(),
      outputs: z.array(z.unknown()),
      problems: z.array(problem),
    }),
  ),
  /** Bytes of fingerprints that follow. */
  paths: z.int().min(0),
  folders: z.int().min(0),
  whiteouts: z.array(z.string()),
  opaques: z.array(z.string()),
  symlinks: z.array(link),
  hardlinks: z.array(link),
  problems: z.array(problem),
  entries: z.int(),
  bytes: z.int(),
});

const LENGTH_BYTES = 4;
/** Five million entries are 40 MB; the rest is what analyzers read. */
const MAX_DECODED_BYTES = 1 * GiB;
/** Fingerprints do not compress and the rest does at any level. */
const FASTEST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** A layer's result as bytes, to be kept: length of the JSON, the JSON, the fingerprints of paths and folders, as one zstd frame. */
export function encodeLayer<Output>(result: LayerResult<Output>): Buffer {
  const { paths, folders, ...rest } = result;
  const [pathBytes, folderBytes] = [paths.toBytes(), folders.toBytes()];
  const header = Buffer.from(
    JSON.stringify({
      ...rest,
      format: LAYER_FORMAT,
      paths: pathBytes.length,
      folders: folderBytes.length,
    }),
  );
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(header.length);
  return zstdCompressSync(Buffer.concat([length, header, pathBytes, folderBytes]), FASTEST);
}

/** The result that gave these bytes; undefined when they are damaged or of another format, and the layer must be read. */
export function decodeLayer<Output>(stored: Buffer): LayerResult<Output> | undefined {
  let bytes: Buffer;
  let header: z.infer<typeof headerSchema>;
  let end: number;
  try {
    bytes = zstdDecompressSync(stored, { maxOutputLength: MAX_DECODED_BYTES });
    end = LENGTH_BYTES + bytes.readUInt32LE(0);
    header = headerSchema.parse(JSON.parse(bytes.toString('utf8', LENGTH_BYTES, end)));
  } catch {
    return undefined;
  }
  const { format: _format, paths, folders, ...rest } = header;
  if (bytes.length !== end + paths + folders) return undefined;
  return {
    ...(rest as Omit<LayerResult<Output>, 'paths' | 'folders'>),
    paths: PathSet.fromBytes(rest.digest, bytes.subarray(end, end + paths)),
    folders: PathSet.fromBytes(rest.digest, bytes.subarray(end + paths)),
  };
}
