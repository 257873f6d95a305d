import type { ViewFile } from '../image/index.ts';
import type { Coverage, Problem } from '../shared/coverage.ts';
import type { CatalogerOutput } from './cataloger.ts';
import type { Distro } from './distro.ts';
import { OS_PACKAGE_TYPES, type Package, type PackageType } from './package.ts';

type Facts = {
  readonly files: readonly ViewFile<CatalogerOutput>[];
  readonly packages: readonly Package[];
  readonly distro: Distro | undefined;
  readonly problems: readonly Problem[];
  /** Canonical path to the OS package that installed it. */
  readonly owners: ReadonlyMap<string, string>;
};

/** Nothing to worry about in a file that an OS package installed: the distribution's advisories speak for it. */
const VOUCHED_FOR: ReadonlySet<string> = new Set(['identity-unknown', 'no-module-info']);

/** What of the image's software could be listed: one entry for the OS, one an ecosystem, one for each file not read whole. */
export function inventoryCoverage({ files, packages, distro, problems, owners }: Facts): Coverage[] {
  const counts = new Map<PackageType, number>();
  for (const { type } of packages) counts.set(type, (counts.get(type) ?? 0) + 1);
  const coverage: Coverage[] = [osCoverage(counts, distro)];
  for (const [type, count] of counts) {
    if (OS_PACKAGE_TYPES.has(type)) continue;
    coverage.push({
      subject: 'ecosystem',
      name: type,
      outcome: 'complete',
      detail: `${count} packages listed`,
    });
  }
  for (const { path, outputs, problems: own } of files) {
    for (const problem of own) {
      if (owners.has(path) && VOUCHED_FOR.has(problem.code)) continue;
      coverage.push(ofProblem(problem, path, outputs.length > 0));
    }
  }
  return [...coverage, ...problems.map((problem) => ofProblem(problem, '', true))];
}

function osCoverage(counts: ReadonlyMap<PackageType, number>, distro: Distro | undefined): Coverage {
  const installed = [...OS_PACKAGE_TYPES].reduce((sum, type) => sum + (counts.get(type) ?? 0), 0);
  const name = distro === undefined ? 'none' : [distro.id, distro.version].join(' ').trim();
  if (installed > 0 && distro !== undefined) {
    return { subject: 'os', name, outcome: 'complete', detail: `${packagesText(installed)} listed` };
  }
  if (installed > 0) {
    const detail = `${packagesText(installed)}, but no file tells the distribution: they cannot be matched`;
    return { subject: 'os', name: 'unknown', outcome: 'partial', reason: 'distribution-unknown', detail };
  }
  if (distro !== undefined) {
    const detail = `${distro.prettyName}, but no package database: what is installed cannot be told`;
    return { subject: 'os', name, outcome: 'none', reason: 'no-package-database', detail };
  }
  if (counts.size > 0) {
    const detail = 'no distribution: only the application packages are listed';
    return { subject: 'os', name, outcome: 'complete', detail };
  }
  const detail = 'neither a distribution nor any known package: nothing can be said of this image';
  return { subject: 'os', name, outcome: 'none', reason: 'nothing-recognised', detail };
}

function packagesText(count: number): string {
  return count === 1 ? '1 package' : `${count} packages`;
}

function ofProblem(problem: Problem, path: string, hasOutput: boolean): Coverage {
  return {
    subject: 'file',
    name: problem.path ?? path,
    outcome: hasOutput ? 'partial' : 'none',
    reason: problem.code,
    detail: problem.detail,
  };
}
