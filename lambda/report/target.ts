import type { Distro } from '../packages/index.ts';
import { OS_PACKAGE_TYPES, type Package, type PackageType } from '../packages/index.ts';
import type { Finding } from '../vulnerabilities/index.ts';
import { compareText, inOrder } from './order.ts';
import type { ImageReport } from './report.ts';

/** Findings that belong together for a reader: those of the distribution's packages, or of one application. */
export type Target = {
  /** `debian 12 (dpkg)`, `app/node_modules (npm)`, `usr/bin/tool (golang)`. Holds text of the image. */
  readonly title: string;
  /** Gravest first. */
  readonly findings: readonly Finding[];
};

/** Package managers as people call them; other types go by their own name. */
const MANAGERS: Partial<Record<PackageType, string>> = { deb: 'dpkg' };

/** A package's record in its own directory or file below the one that holds all packages. */
const PYTHON_RECORDS = ['.dist-info', '.egg-info'];

/** The findings by target: the distribution first, then the applications by path. */
export function targetsOf(report: ImageReport, findings: readonly Finding[]): readonly Target[] {
  const packages = packagesByPurl(report);
  const groups = Map.groupBy(inOrder(findings), (finding) => {
    const pkg = packages.get(finding.package);
    const isOs = pkg !== undefined && OS_PACKAGE_TYPES.has(pkg.type);
    const title = pkg === undefined ? 'other packages' : targetTitle(pkg, report.distro);
    // The leading character sorts the distribution before any path.
    return `${isOs ? '0' : '1'}${title}`;
  });
  return [...groups]
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, own]) => ({ title: key.slice(1), findings: own }));
}

/** The packages of a report by purl, which findings name. */
export function packagesByPurl(report: ImageReport): ReadonlyMap<string, Package> {
  return new Map(report.packages.map((pkg) => [pkg.purl, pkg]));
}

/** The target that a package belongs to. */
export function targetTitle(pkg: Package, distro: Distro | undefined): string {
  const manager = MANAGERS[pkg.type] ?? pkg.type;
  if (OS_PACKAGE_TYPES.has(pkg.type)) {
    const name = distro === undefined ? 'unknown distribution' : `${distro.id} ${distro.version}`.trim();
    return `${name} (${manager})`;
  }
  const path = pkg.locations[0]?.path;
  return path === undefined ? `(${manager})` : `${rootOf(pkg.type, path)} (${manager})`;
}

/** The directory or file that stands for the application: what packages of one installation have in common. */
function rootOf(type: PackageType, path: string): string {
  const segments = path.split('/');
  if (type === 'npm') {
    const modules = segments.indexOf('node_modules');
    return modules === -1 ? path : segments.slice(0, modules + 1).join('/');
  }
  if (type === 'pypi') {
    const record = segments.findIndex((name) => PYTHON_RECORDS.some((suffix) => name.endsWith(suffix)));
    return record < 1 ? path : segments.slice(0, record).join('/');
  }
  if (type === 'gem' && path.endsWith('.gemspec')) return segments.slice(0, -1).join('/') || path;
  const nested = path.indexOf('!');
  return nested === -1 ? path : path.slice(0, nested);
}
