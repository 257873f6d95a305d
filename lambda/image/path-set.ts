const FINGERPRINT_BYTES = 8;

/**
 * The paths of one layer as 53-bit fingerprints: 8 bytes a path however long, so that three million entries cost 24 MB.
 * The hash (two multiply-xor lanes over UTF-16 units) is seeded with the layer's digest, so that paths which collide
 * cannot be chosen before the layer is finished; by chance, 10^4 questions to 3 * 10^6 paths meet one in 3 * 10^5 runs.
 */
export class PathSet {
  #hashes = new Float64Array(256);
  #size = 0;
  #sorted = true;
  readonly #seed: number;

  /** `seed`: any text that differs between layers, normally the digest. */
  constructor(seed: string) {
    this.#seed = fingerprint(seed, 0);
  }

  add(path: string): void {
    if (this.#size === this.#hashes.length) {
      const grown = new Float64Array(this.#size * 2);
      grown.set(this.#hashes);
      this.#hashes = grown;
    }
    this.#hashes[this.#size] = fingerprint(path, this.#seed);
    this.#size += 1;
    this.#sorted = false;
  }

  has(path: string): boolean {
    if (!this.#sorted) this.#sort();
    const wanted = fingerprint(path, this.#seed);
    let low = 0;
    let high = this.#size - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.#hashes[middle] as number;
      if (found === wanted) return true;
      if (found < wanted) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }

  get size(): number {
    return this.#size;
  }

  /** The fingerprints in ascending order, 8 bytes each, for `fromBytes`. */
  toBytes(): Buffer {
    if (!this.#sorted) this.#sort();
    const bytes = Buffer.allocUnsafe(this.#size * FINGERPRINT_BYTES);
    for (let at = 0; at < this.#size; at += 1) {
      bytes.writeDoubleLE(this.#hashes[at] as number, at * FINGERPRINT_BYTES);
    }
    return bytes;
  }

  /** The set that gave these bytes; `seed` must be the same. A part of a fingerprint at the end is left out. */
  static fromBytes(seed: string, bytes: Buffer): PathSet {
    const set = new PathSet(seed);
    set.#size = Math.floor(bytes.length / FINGERPRINT_BYTES);
    set.#hashes = new Float64Array(Math.max(set.#size, 1));
    for (let at = 0; at < set.#size; at += 1) set.#hashes[at] = bytes.readDoubleLE(at * FINGERPRINT_BYTES);
    return set;
  }

  #sort(): void {
    this.#hashes = this.#hashes.subarray(0, this.#size).sort();
    this.#sorted = true;
  }
}

const { imul } = Math;

/** Multipliers and final mix of MurmurHash3 (public domain), https://github.com/aappleby/smhasher */
function fingerprint(text: string, seed: number): number {
  let low = 0xdeadbeef ^ seed;
  let high = 0x41c6ce57 ^ (seed / 0x100000000);
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    low = imul(low ^ unit, 0x85ebca6b);
    high = imul(high ^ unit, 0xcc9e2d51);
    low ^= low >>> 15;
    high ^= high >>> 13;
  }
  low = imul(low ^ (low >>> 16), 0x85ebca6b) ^ imul(high ^ (high >>> 13), 0xc2b2ae35);
  high = imul(high ^ (high >>> 16), 0x85ebca6b) ^ imul(low ^ (low >>> 13), 0xc2b2ae35);
  return (high & 0x1fffff) * 0x100000000 + (low >>> 0);
}
