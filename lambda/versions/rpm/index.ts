import type { VersionScheme } from '../scheme.ts';
import { compareRpm, compareRpmToBound, isRpmVersion } from './order.ts';

/** Versions of every distribution that packages with rpm. */
export const rpm = {
  id: 'rpm',
  title: 'RPM',
  urls: ['https://rpm-software-management.github.io/rpm/manual/dependencies.html#versioning'],
  ecosystems: [
    'Red Hat',
    'AlmaLinux',
    'Rocky Linux',
    'CentOS',
    'Fedora',
    'Oracle Linux',
    'Amazon Linux',
    'SUSE',
    'openSUSE',
    'Azure Linux',
    'Photon OS',
    'Mageia',
    'openEuler',
  ],
  isValid: isRpmVersion,
  compare: (a: string, b: string): number | undefined => compareRpm(a, b),
  compareToBound: compareRpmToBound,
} as const satisfies VersionScheme;
