import type { Package } from '../../packages/index.ts';
import type { AffectedPackage } from '../advisory.ts';

/** `unclear`: the package or the advisory belongs to a module, but one of them does not say to which. */
export type Applicability = 'yes' | 'no' | 'unclear';

/** Key material that rpm lists as a package, and debug symbols, which run nothing. */
const NOT_SOFTWARE = /^gpg-pubkey$|-(?:debuginfo|debugsource)$|-debuginfo-common(?:-\w+)?$/;
/** https://docs.fedoraproject.org/en-US/modularity/ : modular builds carry it in their release. */
const MODULAR_RELEASE = /\.module[+_]/;
/** The stream of records whose title does not name one; see sources/osv. */
const UNKNOWN_STREAM = 'unknown';
const ARCH_SEPARATORS = /[|,\s]+/;

/** False for entries of an rpm database that are not software. */
export function isSoftware(pkg: Package): boolean {
  return pkg.type !== 'rpm' || !NOT_SOFTWARE.test(pkg.name);
}

/** Whether an advisory for this name speaks of this build of the package: same module stream, same architecture. */
export function applicability(affected: AffectedPackage, pkg: Package): Applicability {
  if (affected.arch !== undefined && !hasArch(affected.arch, pkg.arch)) return 'no';
  return pkg.type === 'rpm' ? moduleApplicability(affected.module, pkg) : 'yes';
}

function moduleApplicability(advisoryModule: string | undefined, pkg: Package): Applicability {
  const isModular = pkg.module !== undefined || MODULAR_RELEASE.test(pkg.version);
  if (!isModular || advisoryModule === undefined)
    return isModular === (advisoryModule !== undefined) ? 'yes' : 'no';
  if (pkg.module === undefined || advisoryModule === UNKNOWN_STREAM) return 'unclear';
  return pkg.module === advisoryModule ? 'yes' : 'no';
}

function hasArch(stated: string, installed: string | undefined): boolean {
  if (installed === undefined || installed === 'noarch') return true;
  const architectures = stated.split(ARCH_SEPARATORS);
  return architectures.includes(installed) || architectures.includes('noarch');
}
