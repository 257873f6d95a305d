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
