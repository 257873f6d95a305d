/** Builds small ELF, PE and Mach-O files around given sections, in both widths and byte orders. */

/** A named part with its bytes. */
export type Part = { readonly name: string; readonly data: Buffer };
export type Shape = { readonly bits: 32 | 64; readonly endian: 'little' | 'big' };

/** Where the first part begins in every file built here, and the virtual addresses of file offset 0. */
export const DATA_OFFSET = 0x400;
export const ELF_BASE = 0x40_0000;
export const PE_BASE = 0x40_0000;
export const MACH_O_BASE = 0x100_0000;
const PE_RVA = 0x1000;

export const SHAPES: readonly Shape[] = [
  { bits: 64, endian: 'little' },
  { bits: 64, endian: 'big' },
  { bits: 32, endian: 'little' },
  { bits: 32, endian: 'big' },
];

/** Numbers written one after the other. */
function numbers({ bits, endian }: Shape) {
  const bytes: number[] = [];
  const write = (value: number, size: number) => {
    const field = Buffer.alloc(size);
    if (endian === 'little') field.writeUIntLE(value, 0, Math.min(size, 6));
    else field.writeUIntBE(value, Math.max(0, size - 6), Math.min(size, 6));
    bytes.push(...field);
  };
  const writer = {
    u16: (...values: number[]) => (values.forEach((value) => write(value, 2)), writer),
    u32: (...values: number[]) => (values.forEach((value) => write(value, 4)), writer),
    u64: (...values: number[]) => (values.forEach((value) => write(value, 8)), writer),
    word: (...values: number[]) => (values.forEach((value) => write(value, bits / 8)), writer),
    text: (text: string, length: number) => {
      bytes.push(...Buffer.from(text.padEnd(length, '\0'), 'latin1'));
      return writer;
    },
    buffer: () => Buffer.from(bytes),
  };
  return writer;
}

/** Parts one after the other from `DATA_OFFSET`, each aligned to 16 bytes. */
function place(parts: readonly Part[]): { body: Buffer; placed: readonly (Part & { offset: number })[] } {
  const chunks: Buffer[] = [];
  let offset = DATA_OFFSET;
  const placed = parts.map((part) => {
    const at = offset;
    const padded = Buffer.concat([part.data, Buffer.alloc((16 - (part.data.length % 16)) % 16)]);
    chunks.push(padded);
    offset += padded.length;
    return { ...part, offset: at };
  });
  return { body: Buffer.concat(chunks), placed };
}

function assemble(header: Buffer, body: Buffer, trailer: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([header, Buffer.alloc(DATA_OFFSET - header.length), body, trailer]);
}

/** An ELF file with one writable segment over all parts. `sectionTable: false` leaves it as a stripped linker output would. */
export function elf(parts: readonly Part[], shape: Shape, sectionTable = true): Buffer {
  const { body, placed } = place(parts);
  const wide = shape.bits === 64;
  const [headerBytes, programBytes, sectionBytes] = wide ? [64, 56, 64] : [52, 32, 40];
  const names = Buffer.from(['', ...parts.map((part) => part.name), '.shstrtab', ''].join('\0'));
  const namesAt = DATA_OFFSET + body.length;
  const header = numbers(shape)
    .text(`\x7fELF${wide ? '\x02' : '\x01'}${shape.endian === 'little' ? '\x01' : '\x02'}\x01`, 16)
    .u16(2, 0)
    .u32(1)
    .word(ELF_BASE, headerBytes, sectionTable ? namesAt + names.length : 0)
    .u32(0)
    .u16(headerBytes, programBytes, 1, sectionBytes, sectionTable ? parts.length + 2 : 0, parts.length + 1);
  const [at, address, size] = [DATA_OFFSET, ELF_BASE + DATA_OFFSET, body.length];
  if (wide) header.u32(1, 6).u64(at, address, address, size, size, 0x1000);
  else header.u32(1, at, address, address, size, size, 6, 0x1000);

  const table = numbers(shape).text('', sectionBytes);
  const rows = [...placed, { name: '.shstrtab', data: names, offset: namesAt }];
  for (const row of rows) {
    const nameAt = names.indexOf(`\0${row.name}\0`) + 1;
    table
      .u32(nameAt, 1)
      .word(2, ELF_BASE + row.offset, row.offset, row.data.length)
      .u32(0, 0)
      .word(16, 0);
  }
  return assemble(header.buffer(), body, sectionTable ? Buffer.concat([names, table.buffer()]) : undefined);
}

/** A PE file; every part is plain data (initialised, readable, writable). */
export function pe(parts: readonly Part[], bits: 32 | 64): Buffer {
  const { body, placed } = place(parts);
  const shape = { bits, endian: 'little' } as const;
  const optional = numbers(shape)
    .u16(bits === 64 ? 0x20b : 0x10b)
    .text('', 22);
  if (bits === 64) optional.u64(PE_BASE);
  else optional.u32(0, PE_BASE);
  const header = numbers(shape).text('MZ', 0x3c).u32(0x80).text('', 0x40).text('PE\0\0', 4);
  header
    .u16(0x8664, parts.length)
    .u32(0, 0, 0)
    .u16(0x60, 0x22)
    .text(optional.buffer().toString('latin1'), 0x60);
  for (const { name, data, offset } of placed) {
    header
      .text(name, 8)
      .u32(data.length, PE_RVA + offset, data.length, offset, 0, 0)
      .u16(0, 0)
      .u32(0xc0000040);
  }
  return assemble(header.buffer(), body);
}

/** Virtual address of a file offset in a file made by `pe`. */
export function peAddress(offset: number): number {
  return PE_BASE + PE_RVA + offset;
}

/** A Mach-O file with one readable and writable segment `__DATA` over all parts. */
export function machO(parts: readonly Part[], shape: Shape): Buffer {
  const { body, placed } = place(parts);
  const wide = shape.bits === 64;
  const commandBytes = (wide ? 72 : 56) + parts.length * (wide ? 80 : 68);
  const header = numbers(shape).u32(wide ? 0xfeedfacf : 0xfeedface, 0x0100000c, 0, 2, 1, commandBytes, 0);
  if (wide) header.u32(0);
  const [address, size] = [MACH_O_BASE + DATA_OFFSET, body.length];
  header
    .u32(wide ? 0x19 : 1, commandBytes)
    .text('__DATA', 16)
    .word(address, size, DATA_OFFSET, size);
  header.u32(3, 3, parts.length, 0);
  for (const { name, data, offset } of placed) {
    header
      .text(name, 16)
      .text('__DATA', 16)
      .word(MACH_O_BASE + offset, data.length)
      .u32(offset, 0, 0, 0, 0, 0, 0);
    if (wide) header.u32(0);
  }
  return assemble(header.buffer(), body);
}

/** A fat Mach-O file of several architectures. */
export function fat(files: readonly Buffer[]): Buffer {
  const header = numbers({ bits: 32, endian: 'big' }).u32(0xcafebabe, files.length);
  let offset = DATA_OFFSET;
  for (const file of files) {
    header.u32(7, 3, offset, file.length, 4);
    offset += file.length;
  }
  return assemble(header.buffer(), Buffer.concat(files));
}

/** The frame of random bytes that the Go linker puts around module information; only its length counts. */
const FRAME = Buffer.alloc(16, 0xa5);

function goHeader(flags: number, pointerBytes: number): Buffer {
  return Buffer.concat([Buffer.from('\xff Go buildinf:', 'latin1'), Buffer.from([pointerBytes, flags])]);
}

/** Go build information as since 1.18: both strings follow the header. */
export function goInline(version: string, modules: string): Buffer {
  const text = modules === '' ? Buffer.alloc(0) : Buffer.concat([FRAME, Buffer.from(modules), FRAME]);
  const strings = [Buffer.from(version), text].flatMap((string) => [varint(string.length), string]);
  return Buffer.concat([goHeader(2, 0), Buffer.alloc(16), ...strings]);
}

/** Go build information as before 1.18: pointers to string headers, which point to the strings. Loaded at `address`. */
export function goPointers(version: string, modules: string, shape: Shape, address: number): Buffer {
  const texts = [Buffer.from(version), Buffer.concat([FRAME, Buffer.from(modules), FRAME])] as const;
  const word = shape.bits / 8;
  const headersAt = address + 32;
  const textsAt = headersAt + 4 * word;
  const pointers = numbers(shape)
    .word(headersAt, headersAt + 2 * word)
    .buffer();
  const headers = numbers(shape)
    .word(textsAt, texts[0].length, textsAt + texts[0].length, texts[1].length)
    .buffer();
  const padded = Buffer.concat([pointers, Buffer.alloc(16 - pointers.length)]);
  return Buffer.concat([goHeader(shape.endian === 'big' ? 1 : 0, word), padded, headers, ...texts]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    bytes.push((left % 128) + (left >= 128 ? 0x80 : 0));
    if (left < 128) return Buffer.from(bytes);
  }
}
