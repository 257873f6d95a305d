import { createHash } from 'node:crypto';
import type { ImageReport } from './report.ts';

/** A UUID of version 8 (RFC 9562, section 5.8: custom) made of a SHA-256: the same text gives the same UUID. */
export function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The first 16 hex digits of the SHA-256 of some texts: short, and only letters and digits. */
export function shortHash(...texts: readonly string[]): string {
  return createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 16);
}

/**
 * Names one document: the same reports in the same format give the same UUID, another scan of the same image gives
 * another one, as SPDX and CycloneDX ask for.
 */
export function documentUuid(format: string, reports: readonly ImageReport[]): string {
  const parts = reports.map(({ image, scannedAt, tool, findings, hidden }) =>
    [image.name, image.manifestDigest, scannedAt, tool.version, findings.length, JSON.stringify(hidden)].join(
      ' ',
    ),
  );
  return uuidOf([format, ...parts].join('\n'));
}
