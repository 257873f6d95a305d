import type { Distro, Package } from '../../packages/index.ts';

/** `own`: built by the distribution. `other`: by somebody else. `unknown`: the package does not tell. */
export type Maker = 'own' | 'other' | 'unknown';

/**
 * Beginnings of the rpm header's Vendor for packages that each distribution built itself. Packages of EPEL ("Fedora
 * Project"), Remi, NVIDIA or Microsoft have others, and the distribution's advisories do not speak of them.
 */
const RPM_VENDORS: Readonly<Record<string, readonly string[]>> = {
  rhel: ['Red Hat'],
  centos: ['CentOS', 'Red Hat'],
  'centos-stream': ['CentOS', 'Red Hat'],
  almalinux: ['AlmaLinux'],
  rocky: ['Rocky'],
  amzn: ['Amazon'],
  azurelinux: ['Microsoft'],
  mariner: ['Microsoft'],
  photon: ['VMware', 'Broadcom'],
  sles: ['SUSE'],
  sled: ['SUSE'],
  sles_sap: ['SUSE'],
  sle_hpc: ['SUSE'],
  'opensuse-leap': ['openSUSE', 'SUSE'],
  opensuse: ['openSUSE', 'SUSE'],
  'opensuse-tumbleweed': ['openSUSE', 'SUSE'],
};

/** Domains of maintainers' addresses that only the distributions themselves hand out. */
const DEB_DOMAINS = ['debian.org', 'debian.net', 'ubuntu.com', 'canonical.com'];

/** Maintainers' domains of vendors whose .deb repositories images commonly use. */
const FOREIGN_DEB_DOMAINS = [
  'nodesource.com',
  'docker.com',
  'microsoft.com',
  'nginx.com',
  'f5.com',
  'oracle.com',
  'mongodb.com',
  'elastic.co',
  'hashicorp.com',
  'google.com',
  'gitlab.com',
  'nvidia.com',
];

const ADDRESS_DOMAIN = /@(?<domain>[a-z0-9.-]{1,253})>?\s*$/i;

/**
 * Who built an OS package, by rpm's Vendor or dpkg's Maintainer. Many of Debian's own maintainers use private addresses, so
 * an unknown domain tells nothing there. Alpine's packages carry no vendor and count as its own.
 */
export function madeBy(pkg: Package, distro: Distro): Maker {
  if (pkg.type === 'apk') return 'own';
  const vendor = pkg.vendor?.trim();
  if (vendor === undefined || vendor === '' || vendor === '(none)') return 'unknown';
  return pkg.type === 'deb' ? makerOfDeb(vendor, pkg.version) : makerOfRpm(vendor, distro);
}

function makerOfRpm(vendor: string, distro: Distro): Maker {
  const own = Object.hasOwn(RPM_VENDORS, distro.id) ? RPM_VENDORS[distro.id] : undefined;
  if (own === undefined) return 'unknown';
  return own.some((beginning) => vendor.startsWith(beginning)) ? 'own' : 'other';
}

function makerOfDeb(maintainer: string, version: string): Maker {
  const domain = ADDRESS_DOMAIN.exec(maintainer)?.groups?.['domain']?.toLowerCase() ?? '';
  if (version.includes('nodesource') || isWithin(domain, FOREIGN_DEB_DOMAINS)) return 'other';
  return isWithin(domain, DEB_DOMAINS) ? 'own' : 'unknown';
}

function isWithin(domain: string, domains: readonly string[]): boolean {
  return domains.some((other) => domain === other || domain.endsWith(`.${other}`));
}
