import type { Readable } from 'node:stream';

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
export type Descriptor = {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes as stored, that is, compressed. */
  readonly size: number;
};

/** A manifest or index exactly as stored, its digest checked. */
export type ManifestBytes = {
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: Buffer;
};

/**
 * One image (or index of images) wherever it is: a registry, a layout, an archive. A source hides transport,
 * credentials and retries; it never interprets layers. All methods throw `RegistryError`.
 */
export interface ImageSource {
  /** What is read, for people: `localhost:5000/app:1` or a file's path. Holds no credential. */
  readonly name: string;
  /** The manifest the reference names, or the one with this digest. At most 4 MiB; digest verified before it returns. */
  manifest(digest?: string): Promise<ManifestBytes>;
  /**
   * The stored bytes of a blob, resumed after a broken connection. The stream fails with `blob-digest-mismatch` or
   * `blob-size-mismatch` at its end when they are not what the descriptor says, and never gives more than `size` bytes.
   */
  blob(descriptor: Descriptor, signal?: AbortSignal): Promise<Readable>;
  /** Releases files and sockets. */
  close(): Promise<void>;
}
