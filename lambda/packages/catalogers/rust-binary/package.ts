import type { FoundPackage } from '../../package.ts';
import type { AuditData } from './schema.ts';

/**
 * A crate as a package; `undefined` for what only built the program and is not in it (build scripts, and procedural macros
 * since format 1). The root and other local crates are kept: a tool built from its own sources has advisories under its
 * name on crates.io as well. Only for crates from there is the name proof; elsewhere it may be another's, hence `low`.
 */
export function toPackage(crate: AuditData['packages'][number]): FoundPackage | undefined {
  if (crate.kind === 'build') return undefined;
  const confidence = crate.source === 'crates.io' ? 'high' : 'low';
  return { type: 'cargo', name: crate.name, version: crate.version, confidence };
}
