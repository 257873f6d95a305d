/**
 * `count` copies of a file with one to four bytes changed, the same in every run. A generator of its own, so that a failure
 * can be repeated by its number.
 */
export function* byteFlips(file: Buffer, count: number): Generator<{ flip: number; bytes: Buffer }> {
  let state = 0x2545f491;
  const next = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let flip = 0; flip < count; flip++) {
    const bytes = Buffer.from(file);
    for (let left = 1 + next(4); left > 0; left--) {
      // Extremes are likelier to pass a bounds check that is off by one, or to overflow.
      const value = [0x00, 0xff, 0x7f, 0x80, next(256)][next(5)] ?? 0;
      bytes[next(bytes.length)] = value;
    }
    yield { flip, bytes: next(8) === 0 ? bytes.subarray(0, next(bytes.length)) : bytes };
  }
}
