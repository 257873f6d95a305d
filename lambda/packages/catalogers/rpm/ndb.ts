// rpm's own format, Packages.db (SUSE): a header, pages of slots, blobs in blocks of 16 bytes; little-endian.
// https://github.com/rpm-software-management/rpm/blob/09cc8ebad29aeaca58d009fd9d1a789919282cc7/lib/backend/ndb/rpmpkg.c
import type { ByteSource } from '../../byte-source.ts';
import type { ProblemList } from '../../problem-list.ts';
import { type BlobReader, MAX_HEADER_BYTES } from './blob-source.ts';

/** `RpmP`, at the start of the file. */
export const NDB_MAGIC = 0x506d7052;
const SLOT_MAGIC = 0x746f6c53;
const BLOB_HEAD_MAGIC = 0x53626c42;
const BLOB_TAIL_MAGIC = 0x45626c42;

const PAGE_BYTES = 4096;
const SLOT_BYTES = 16;
const BLOCK_BYTES = 16;
/** The first two slots of the first page are the file's header. */
const HEADER_BYTES = 32;
const BLOB_HEAD_BYTES = 16;
const BLOB_TAIL_BYTES = 12;

type Slot = { readonly packageIndex: number; readonly block: number; readonly blocks: number };

/** The headers of an NDB database in the order of its slots. */
export const readNdb: BlobReader = function* (file, problems) {
  const header = file.read(0, HEADER_BYTES);
  if (header.length < HEADER_BYTES || header.readUInt32LE(0) !== NDB_MAGIC) {
    problems.add('malformed', 'not an rpm database in NDB format');
    return;
  }
  if (header.readUInt32LE(4) !== 0) {
    problems.add('unsupported', `NDB format version ${header.readUInt32LE(4)} is not known`);
    return;
  }
  const slotPages = header.readUInt32LE(12);
  if (slotPages * PAGE_BYTES > file.size)
    problems.add('truncated', 'the slots reach beyond the end of the file');

  // Blobs do not overlap, so together they are no longer than the file.
  let budget = file.size;
  const pages = Math.min(slotPages, Math.floor(file.size / PAGE_BYTES));
  for (let page = 0; page < pages; page += 1) {
    for (const slot of readSlots(file.read(page * PAGE_BYTES, PAGE_BYTES), page, problems)) {
      budget -= slot.blocks * BLOCK_BYTES;
      if (budget < 0) {
        problems.add('malformed', 'the slots overlap');
        return;
      }
      const blob = slot.block < slotPages * (PAGE_BYTES / BLOCK_BYTES) ? undefined : readBlob(file, slot);
      if (blob === undefined) problems.add('malformed', `package ${slot.packageIndex} has a broken blob`);
      else yield blob;
    }
  }
};

function readSlots(page: Buffer, number: number, problems: ProblemList): Slot[] {
  const slots: Slot[] = [];
  for (let at = number === 0 ? HEADER_BYTES : 0; at + SLOT_BYTES <= page.length; at += SLOT_BYTES) {
    if (page.readUInt32LE(at) !== SLOT_MAGIC) {
      problems.add('malformed', `slot page ${number} is broken at byte ${at}`);
      continue;
    }
    const [packageIndex, block, blocks] = [
      page.readUInt32LE(at + 4),
      page.readUInt32LE(at + 8),
      page.readUInt32LE(at + 12),
    ];
    if (block !== 0) slots.push({ packageIndex, block, blocks });
  }
  return slots;
}

function readBlob(file: ByteSource, slot: Slot): Buffer | undefined {
  const start = slot.block * BLOCK_BYTES;
  const room = slot.blocks * BLOCK_BYTES;
  if (room < BLOB_HEAD_BYTES + BLOB_TAIL_BYTES || room > MAX_HEADER_BYTES || start + room > file.size)
    return undefined;
  const bytes = file.read(start, room);
  if (bytes.length < room || bytes.readUInt32LE(0) !== BLOB_HEAD_MAGIC) return undefined;
  const length = bytes.readUInt32LE(12);
  if (bytes.readUInt32LE(4) !== slot.packageIndex || length > room - BLOB_HEAD_BYTES - BLOB_TAIL_BYTES)
    return undefined;
  if (bytes.readUInt32LE(room - 4) !== BLOB_TAIL_MAGIC || bytes.readUInt32LE(room - 8) !== length)
    return undefined;
  return bytes.subarray(BLOB_HEAD_BYTES, BLOB_HEAD_BYTES + length);
}
