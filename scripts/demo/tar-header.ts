/** One ustar header block with a right checksum, for archives that no writer would write. Sizes over 8 GiB in base-256. */
export function tarHeader(spec: {
  readonly name: string;
  readonly size: number;
  readonly type?: string;
  readonly extendedSparse?: boolean;
}): Buffer {
  const block = Buffer.alloc(512);
  block.write(spec.name, 0, 100);
  block.write('0000644\0', 100);
  if (spec.size < 0o77777777777) block.write(`${spec.size.toString(8).padStart(11, '0')}\0`, 124);
  else {
    block[124] = 0x80;
    block.writeBigUInt64BE(BigInt(spec.size), 128);
  }
  block.write('        ', 148);
  block.write(spec.type ?? '0', 156);
  block.write('ustar\0', 257);
  if (spec.extendedSparse) block[482] = 1;
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** Header blocks of `count` empty files called `<prefix>0`, `<prefix>1`, … in chunks of 512 blocks. Fast enough for millions. */
export function* emptyFileHeaders(count: number, prefix: string): Generator<Buffer> {
  const template = tarHeader({ name: prefix, size: 0 });
  const templateSum = Number.parseInt(template.toString('latin1', 148, 154), 8);
  const perChunk = 512;
  for (let first = 0; first < count; first += perChunk) {
    const blocks = Math.min(perChunk, count - first);
    const chunk = Buffer.allocUnsafe(blocks * template.length);
    for (let at = 0; at < blocks; at += 1) {
      const offset = at * template.length;
      const digits = String(first + at);
      template.copy(chunk, offset);
      chunk.write(digits, offset + prefix.length, 'latin1');
      let sum = templateSum;
      for (let digit = 0; digit < digits.length; digit += 1) sum += digits.charCodeAt(digit);
      chunk.write(sum.toString(8).padStart(6, '0'), offset + 148, 'latin1');
    }
    yield chunk;
  }
}
