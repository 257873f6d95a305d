import { sha256Digest } from '../../../lambda/shared/digest.ts';
import type { PushTarget } from '../../../scripts/demo/image-files.ts';

/** An image as ECR keeps it. */
export type StoredImage = {
  readonly digest: string;
  readonly mediaType: string;
  /** The manifest. */
  readonly bytes: Buffer;
  readonly tags: readonly string[];
  readonly pushedAt: Date;
  readonly status: 'ACTIVE' | 'ARCHIVED';
};

export type StoredRepository = {
  readonly region: string;
  readonly name: string;
  /** Of the repository, which policies look at. */
  readonly tags: Readonly<Record<string, string>>;
};

/** What the double serves: images pushed to it, or those of another registry. */
export interface EcrContent {
  repositories(region: string): Promise<readonly StoredRepository[]>;
  /** All images of a repository, tagged or not, in order of their digests. */
  images(region: string, name: string): Promise<readonly StoredImage[]>;
  blob(name: string, digest: string): Promise<Buffer | undefined>;
}

type Kept = { tags: Record<string, string>; readonly images: Map<string, StoredImage> };

/** Images in memory. */
export class MemoryContent implements EcrContent {
  readonly #repositories = new Map<string, Kept>();
  readonly #blobs = new Map<string, Buffer>();
  readonly #now: () => number;
  readonly #onPush: (region: string, name: string, image: StoredImage, tag: string) => void;

  constructor(
    now: () => number,
    onPush: (region: string, name: string, image: StoredImage, tag: string) => void,
  ) {
    this.#now = now;
    this.#onPush = onPush;
  }

  async repositories(region: string): Promise<readonly StoredRepository[]> {
    return [...this.#repositories]
      .filter(([key]) => key.startsWith(`${region}/`))
      .map(([key, { tags }]) => ({ region, name: key.slice(region.length + 1), tags }));
  }

  async images(region: string, name: string): Promise<readonly StoredImage[]> {
    const images = [...(this.#repositories.get(`${region}/${name}`)?.images.values() ?? [])];
    return images.sort((a, b) => (a.digest < b.digest ? -1 : 1));
  }

  async blob(_name: string, digest: string): Promise<Buffer | undefined> {
    return this.#blobs.get(digest);
  }

  /** Makes a repository, or changes its tags. */
  putRepository(region: string, name: string, tags: Readonly<Record<string, string>> = {}): void {
    this.#repository(region, name).tags = { ...tags };
  }

  /** Where images are pushed to. */
  region(region: string): PushTarget {
    return {
      putBlob: (_name, bytes) => {
        const digest = sha256Digest(bytes);
        this.#blobs.set(digest, Buffer.from(bytes));
        return digest;
      },
      putManifest: (name, tag, bytes, mediaType) => this.#putManifest(region, name, tag, bytes, mediaType),
    };
  }

  /** Changes an image as nobody could by pushing. */
  change(region: string, name: string, digest: string, change: Partial<StoredImage>): void {
    const { images } = this.#repository(region, name);
    const image = images.get(digest);
    if (image !== undefined) images.set(digest, { ...image, ...change });
  }

  #putManifest(
    region: string,
    name: string,
    tag: string | undefined,
    bytes: Uint8Array,
    mediaType: string,
  ): string {
    const { images } = this.#repository(region, name);
    const digest = sha256Digest(bytes);
    if (tag !== undefined) {
      for (const [key, image] of images) {
        images.set(key, { ...image, tags: image.tags.filter((one) => one !== tag) });
      }
    }
    const tags = [...(images.get(digest)?.tags ?? []), ...(tag === undefined ? [] : [tag])];
    const pushedAt = new Date(this.#now());
    const image = { digest, mediaType, bytes: Buffer.from(bytes), tags, pushedAt, status: 'ACTIVE' } as const;
    images.set(digest, image);
    if (tag !== undefined) this.#onPush(region, name, image, tag);
    return digest;
  }

  #repository(region: string, name: string): Kept {
    const key = `${region}/${name}`;
    const known = this.#repositories.get(key) ?? { tags: {}, images: new Map() };
    this.#repositories.set(key, known);
    return known;
  }
}
