import type { FoundPackage } from '../../package.ts';
import type { GemFields } from './parse.ts';

/** The platform every gem without compiled parts has. */
const PURE_RUBY = 'ruby';

/** The gem. `version` is without the platform (advisories have none); a binary gem's platform is its `arch`. */
export function toPackage(fields: GemFields): FoundPackage {
  return {
    type: 'gem',
    name: fields.name,
    version: fields.version,
    ...(fields.platform === PURE_RUBY ? {} : { arch: fields.platform }),
    ...(fields.licenses.length === 0 ? {} : { licenses: fields.licenses }),
  };
}
