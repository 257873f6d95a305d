import type { TestRecord } from '../mirror.ts';

/** A record that says "fixed in" of packages: `fixed('DEBIAN-CVE-1', { 'Debian:12 openssl': '3.0.1' })`. */
export function fixed(
  id: string,
  fixes: Readonly<Record<string, string>>,
  modified = '2025-01-01T00:00:00Z',
  more: Readonly<Record<string, unknown>> = {},
): TestRecord {
  const affected = Object.entries(fixes).map(([key, version]) => {
    const space = key.lastIndexOf(' ');
    return {
      package: { ecosystem: key.slice(0, space), name: key.slice(space + 1) },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: version }] }],
    };
  });
  return { id, modified, affected, ...more };
}

/** A small Debian of two releases and a small npm. */
export const debian: readonly TestRecord[] = [
  fixed('DEBIAN-CVE-2024-0001', { 'Debian:12 openssl': '3.0.1', 'Debian:13 openssl': '3.1.1' }, undefined, {
    upstream: ['CVE-2024-0001'],
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  }),
  fixed('DEBIAN-CVE-2024-0002', { 'Debian:12 glibc': '2.36-9+deb12u10' }, '2025-01-02T00:00:00.5Z'),
  fixed('DEBIAN-CVE-2024-0003', { 'Debian:12 curl': '7.88', 'Debian:12 openssl': '3.0.5' }),
  fixed('DEBIAN-CVE-2024-0004', { 'Debian:13 bash': '5.2' }),
  fixed('DEBIAN-CVE-2024-0005', { 'Debian:13 zlib': '1.3' }),
];
export const npm: readonly TestRecord[] = [
  fixed('GHSA-aaaa-bbbb-cccc', { 'npm lodash': '4.17.21' }, undefined, { aliases: ['CVE-2021-23337'] }),
  {
    id: 'MAL-2024-1',
    modified: '2025-01-01T00:00:00Z',
    affected: [{ package: { ecosystem: 'npm', name: 'evil' }, versions: ['1.0.0'] }],
  },
];
