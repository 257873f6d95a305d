import { BLOCK_BYTES, isZeroBlock, parseHeader, type TarHeader } from './header.ts';
import { type PaxRecords, parsePax } from './pax.ts';

/** One entry as a reader of the archive sees it: PAX and GNU long names applied. */
export type TarEntry = {
  readonly name: string;
  readonly linkName: string;
  readonly kind: 'file' | 'directory' | 'symlink' | 'hardlink' | 'other';
  /** Stored bytes of content that follow. */
  readonly size: number;
  readonly mode: number;
  /** Sparse file: the stored bytes are not its content. */
  readonly sparse: boolean;
};

/** Takes the content of one entry, chunk by chunk; chunks are valid only during the call. */
export interface EntrySink {
  write(chunk: Buffer): void;
  end(): void;
}

export interface TarHandler {
  /** Called for each entry; undefined skips the content. */
  entry(entry: TarEntry): EntrySink | undefined;
  /** Damage after which nothing more can be read: `malformed` or `too-large` metadata. */
  damage(code: 'malformed' | 'too-large', detail: string): void;
}

type State = 'header' | 'content' | 'metadata' | 'sparse-map' | 'padding' | 'ended';

/**
 * A tar archive read as a stream, without copies: `write` takes inflated chunks of any size, `finish` says whether the
 * archive ended where it should. Only headers that cross chunks are copied.
 */
export class TarReader {
  readonly #handler: TarHandler;
  readonly #maxMetadataBytes: number;
  readonly #scratch = Buffer.alloc(BLOCK_BYTES);
  #scratchFill = 0;
  #state: State = 'header';
  #remaining = 0;
  #padding = 0;
  #sink: EntrySink | undefined;
  #metadata: { type: string; bytes: Buffer; fill: number } | undefined;
  #pending: PaxRecords = {};
  #zeroBlocks = 0;
  /** Entries seen so far, metadata entries left out. */
  entries = 0;

  constructor(handler: TarHandler, maxMetadataBytes: number) {
    this.#handler = handler;
    this.#maxMetadataBytes = maxMetadataBytes;
  }

  /** True once the end marker or damage was met: further bytes are ignored. */
  get ended(): boolean {
    return this.#state === 'ended';
  }

  write(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && this.#state !== 'ended') {
      if (this.#state === 'header' || this.#state === 'sparse-map') at = this.#readBlock(chunk, at);
      else at = this.#readContent(chunk, at);
    }
  }

  /**
   * `complete`, or `truncated` when the bytes ended inside an entry. An archive without end marker, or without the last
   * padding, is complete: umoci leaves both out.
   */
  finish(): 'complete' | 'truncated' {
    if (this.#state === 'ended' || this.#state === 'padding') return 'complete';
    return this.#state === 'header' && this.#scratchFill === 0 ? 'complete' : 'truncated';
  }

  #readBlock(chunk: Buffer, at: number): number {
    if (this.#scratchFill === 0 && chunk.length - at >= BLOCK_BYTES) {
      this.#block(chunk, at);
      return at + BLOCK_BYTES;
    }
    const take = Math.min(BLOCK_BYTES - this.#scratchFill, chunk.length - at);
    chunk.copy(this.#scratch, this.#scratchFill, at, at + take);
    this.#scratchFill += take;
    if (this.#scratchFill === BLOCK_BYTES) {
      this.#scratchFill = 0;
      this.#block(this.#scratch, 0);
    }
    return at + take;
  }

  #block(block: Buffer, offset: number): void {
    if (this.#state === 'sparse-map') {
      // Extension block of an old GNU sparse header: byte 504 says whether another follows.
      if (block[offset + 504] !== 1) this.#startContent();
      return;
    }
    if (block[offset] === 0 && isZeroBlock(block, offset)) {
      this.#zeroBlocks += 1;
      if (this.#zeroBlocks === 2) this.#state = 'ended';
      return;
    }
    this.#zeroBlocks = 0;
    const header = parseHeader(block, offset);
    if (header === undefined) this.#damage('malformed', 'a tar header has a wrong checksum or number');
    else this.#header(header);
  }

  #header(header: TarHeader): void {
    if (header.type === 'x' || header.type === 'g' || header.type === 'L' || header.type === 'K') {
      this.#startMetadata(header);
      return;
    }
    const pax = this.#pending;
    this.#pending = {};
    const size = kindOf(header) === 'file' ? (pax.size ?? header.size) : header.size;
    const entry: TarEntry = {
      name: pax.path ?? header.name,
      linkName: pax.linkpath ?? header.linkName,
      kind: kindOf(header),
      size: hasContent(header.type) ? size : 0,
      mode: header.mode & 0o7777,
      sparse: header.type === 'S' || pax.sparse === true,
    };
    this.entries += 1;
    this.#sink = this.#handler.entry(entry);
    this.#setLength(entry.size);
    if (header.extendedSparse) this.#state = 'sparse-map';
    else this.#startContent();
  }

  #startMetadata(header: TarHeader): void {
    if (header.size > this.#maxMetadataBytes) {
      this.#damage('too-large', `an extended header of ${header.size} bytes`);
      return;
    }
    this.#metadata = { type: header.type, bytes: Buffer.alloc(header.size), fill: 0 };
    this.#setLength(header.size);
    this.#startContent();
  }

  #setLength(size: number): void {
    this.#remaining = size;
    this.#padding = (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
  }

  #startContent(): void {
    this.#state = 'content';
    if (this.#remaining === 0) this.#endContent();
  }

  #readContent(chunk: Buffer, at: number): number {
    if (this.#state === 'padding') {
      const skip = Math.min(this.#padding, chunk.length - at);
      this.#padding -= skip;
      if (this.#padding === 0) this.#state = 'header';
      return at + skip;
    }
    const take = Math.min(this.#remaining, chunk.length - at);
    if (this.#sink !== undefined) this.#sink.write(chunk.subarray(at, at + take));
    else if (this.#metadata !== undefined) {
      chunk.copy(this.#metadata.bytes, this.#metadata.fill, at, at + take);
      this.#metadata.fill += take;
    }
    this.#remaining -= take;
    if (this.#remaining === 0) this.#endContent();
    return at + take;
  }

  #endContent(): void {
    this.#state = this.#padding === 0 ? 'header' : 'padding';
    const sink = this.#sink;
    const metadata = this.#metadata;
    this.#sink = undefined;
    this.#metadata = undefined;
    sink?.end();
    if (metadata !== undefined) this.#applyMetadata(metadata.type, metadata.bytes);
  }

  #applyMetadata(type: string, bytes: Buffer): void {
    if (type === 'g') return; // global records: no writer of layers sets paths there
    if (type === 'L') this.#pending.path = untilNul(bytes);
    else if (type === 'K') this.#pending.linkpath = untilNul(bytes);
    else {
      const records = parsePax(bytes);
      if (records === undefined) this.#damage('malformed', 'an extended tar header cannot be parsed');
      else this.#pending = { ...this.#pending, ...records };
    }
  }

  #damage(code: 'malformed' | 'too-large', detail: string): void {
    this.#state = 'ended';
    this.#handler.damage(code, detail);
  }
}

function untilNul(bytes: Buffer): string {
  const nul = bytes.indexOf(0);
  return bytes.toString('utf8', 0, nul === -1 ? bytes.length : nul);
}

function kindOf(header: TarHeader): TarEntry['kind'] {
  switch (header.type) {
    case '0':
    case '7':
    case 'S':
      // Before ustar, a directory was a file whose name ends in a slash.
      return header.type === '0' && header.name.endsWith('/') ? 'directory' : 'file';
    case '1':
      return 'hardlink';
    case '2':
      return 'symlink';
    case '5':
      return 'directory';
    default:
      return 'other';
  }
}

/** Links, devices and FIFOs carry no content whatever their size field says; directories neither. */
function hasContent(type: string): boolean {
  return !(type >= '1' && type <= '6');
}
