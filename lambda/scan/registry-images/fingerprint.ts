import { createHash } from 'node:crypto';
import {
  type ChangedPackages,
  type Question,
  questionOfAll,
  questionsAbout,
} from '../../vulnerabilities/index.ts';

const HASH_BYTES = 4;

/**
 * What an image asked the advisories, 4 bytes a question, so that thousands of images are held against a change without their
 * inventories being read. Two questions may share a hash: an image is then matched again for nothing, never the other way.
 */
export function fingerprintOf(questions: readonly Question[]): Buffer {
  const hashes = new Set(questions.map(hashOf));
  return Buffer.from(Uint32Array.from(hashes).toSorted().buffer);
}

/** Says of a fingerprint whether a change of these packages may answer one of its questions otherwise. */
export function concerns(changed: readonly ChangedPackages[]): (fingerprint: Buffer) => boolean {
  const hashes = new Set(changed.flatMap(hashesOf));
  return (fingerprint) => {
    for (let at = 0; at + HASH_BYTES <= fingerprint.length; at += HASH_BYTES) {
      if (hashes.has(fingerprint.readUInt32LE(at))) return true;
    }
    return false;
  };
}

function hashesOf({ ecosystem, names }: ChangedPackages): readonly number[] {
  if (names === 'all') return [hashOf(questionOfAll(ecosystem))];
  return names.flatMap((name) => questionsAbout(ecosystem, name)).map(hashOf);
}

function hashOf({ ecosystem, name }: Question): number {
  return createHash('sha256').update(`${ecosystem}\0${name}`).digest().readUInt32LE(0);
}
