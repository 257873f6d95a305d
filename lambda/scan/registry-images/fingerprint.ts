import { createHash } from 'node:crypto';
import { type ChangedPackages, type Question, questionsAbout } from '../../vulnerabilities/index.ts';

const HASH_BYTES = 4;

/**
 * What an image asked the advisories, 4 bytes a question, so that thousands of images are held against a change without their
 * inventories being read. Two questions may share a hash: an image is then matched again for nothing, never the other way.
 */
export function fingerprintOf(questions: readonly Question[]): Buffer {
  const hashes = new Set<number>();
  for (const { ecosystem, name } of questions) {
    hashes.add(hashOf(ecosystem, name));
    hashes.add(hashOf(ecosystem, ANY));
  }
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

/** No package has this name. */
const ANY = '*';

function hashesOf({ ecosystem, names }: ChangedPackages): readonly number[] {
  if (names === 'all') return [hashOf(ecosystem, ANY)];
  return names.flatMap((name) =>
    questionsAbout(ecosystem, name).map((question) => hashOf(question.ecosystem, question.name)),
  );
}

function hashOf(ecosystem: string, name: string): number {
  return createHash('sha256').update(`${ecosystem}\0${name}`).digest().readUInt32LE(0);
}
