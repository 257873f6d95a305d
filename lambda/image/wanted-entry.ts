import type { LayerAnalyzer } from './analyzer.ts';
import type { EntrySink } from './tar/reader.ts';
import { WantedContent } from './wanted-content.ts';

/** Bytes an analyzer's `accepts` is shown. */
const HEAD_BYTES = 512;

/** What happens with a wanted entry. */
export type WantedEntryHandler<Output> = {
  /** An analyzer accepts the file, but it is larger than that analyzer reads. */
  tooLarge(analyzer: LayerAnalyzer<Output>): void;
  /** The content is whole; whoever takes it releases it. */
  complete(content: WantedContent, analyzers: readonly LayerAnalyzer<Output>[]): void;
};

/** Shows the head of a file to the analyzers that want it, and collects the file for those that accept it. */
export class WantedEntry<Output> implements EntrySink {
  readonly #file: { readonly path: string; readonly size: number; readonly mode: number };
  readonly #memoryBytes: number;
  readonly #handler: WantedEntryHandler<Output>;
  #analyzers: readonly LayerAnalyzer<Output>[];
  #head: Buffer | undefined = Buffer.alloc(0);
  #content: WantedContent | undefined;

  constructor(
    file: { readonly path: string; readonly size: number; readonly mode: number },
    analyzers: readonly LayerAnalyzer<Output>[],
    memoryBytes: number,
    handler: WantedEntryHandler<Output>,
  ) {
    this.#file = file;
    this.#analyzers = analyzers;
    this.#memoryBytes = memoryBytes;
    this.#handler = handler;
  }

  write(chunk: Buffer): void {
    if (this.#head === undefined) {
      this.#content?.append(chunk);
      return;
    }
    const head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    if (head.length >= Math.min(HEAD_BYTES, this.#file.size)) this.#decide(head);
    // The chunk is the reader's: what is kept of it is a copy.
    else this.#head = Buffer.from(head);
  }

  end(): void {
    const content = this.#content;
    this.#content = undefined;
    if (content !== undefined) this.#handler.complete(content, this.#analyzers);
  }

  /** The layer ended inside the entry, or is not read any further. */
  abandon(): void {
    this.#content?.release();
    this.#content = undefined;
  }

  #decide(head: Buffer): void {
    this.#head = undefined;
    const { path, size, mode } = this.#file;
    const accepting = this.#analyzers.filter(
      (analyzer) => analyzer.accepts?.(head.subarray(0, HEAD_BYTES)) ?? true,
    );
    for (const analyzer of accepting) if (size > analyzer.maxBytes) this.#handler.tooLarge(analyzer);
    this.#analyzers = accepting.filter(({ maxBytes }) => size <= maxBytes);
    if (this.#analyzers.length === 0) return;
    this.#content = new WantedContent(path, size, mode, this.#memoryBytes);
    this.#content.append(head);
  }
}
