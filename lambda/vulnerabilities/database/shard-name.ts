import { ecosystemFamily } from '../sources/osv/index.ts';

/** Distributions whose releases have nothing to do with each other: one shard each. */
const BY_RELEASE: ReadonlySet<string> = new Set([
  'AlmaLinux',
  'Alpine',
  'Amazon Linux',
  'Azure Linux',
  'Debian',
  'Mageia',
  'Photon OS',
  'Rocky Linux',
  'openEuler',
  'openSUSE',
]);

/** Product streams of one Red Hat Enterprise Linux major version: plain, extended support, extras. */
const RED_HAT_RELEASE =
  /^Red Hat:(?:enterprise_linux|rhel_(?:eus|aus|tus|e4s|els|eus_long_life|extras\w*|mission_critical|productivity)):(?<major>\d+)/;
/** `Ubuntu:22.04:LTS`, `Ubuntu:Pro:22.04:LTS`: an image may need both to say what a subscription would fix. */
const UBUNTU_RELEASE = /:(?<release>\d\d\.\d\d)(?::|$)/;
/** Server, modules and variants of one service pack (`… 15 SP5`); an image needs several of them. */
const SUSE_SERVICE_PACK = / (?<major>\d{2})(?:[ -]SP(?<pack>\d))?(?:$|[ -])/;
const SUSE_MICRO = /Micro (?<release>\d\.\d)/;
/** A mirror names the ecosystems; whatever it writes, the shard's file has an ordinary name. */
const MAX_LENGTH = 80;
const NOT_AT_START = /^[^A-Za-z0-9]+/;
const NOT_IN_FILE_NAMES = /[^A-Za-z0-9._]+/g;

/**
 * The shard that holds an ecosystem: cut so that an image needs few and small ones. `Debian-12`, `Ubuntu-22.04`,
 * `Red-Hat-8`, `SUSE-15-SP5`, `npm`; products beside the distribution proper are in `Red-Hat-products`, `SUSE-products`.
 */
export function shardName(ecosystem: string): string {
  const family = ecosystemFamily(ecosystem);
  const name = BY_RELEASE.has(family) ? ecosystem : grouped(family, ecosystem);
  const plain = name.replaceAll(NOT_IN_FILE_NAMES, '-').replace(NOT_AT_START, '').slice(0, MAX_LENGTH);
  return plain === '' ? 'other' : plain;
}

function grouped(family: string, ecosystem: string): string {
  switch (family) {
    case 'Red Hat':
      return `Red Hat ${RED_HAT_RELEASE.exec(ecosystem)?.groups?.['major'] ?? 'products'}`;
    case 'Ubuntu':
      return `Ubuntu ${UBUNTU_RELEASE.exec(ecosystem)?.groups?.['release'] ?? 'other'}`;
    case 'SUSE':
      return suseShard(ecosystem);
    default:
      return family;
  }
}

function suseShard(ecosystem: string): string {
  const micro = SUSE_MICRO.exec(ecosystem)?.groups?.['release'];
  if (micro !== undefined) return `SUSE Micro ${micro}`;
  const { major, pack } = SUSE_SERVICE_PACK.exec(ecosystem)?.groups ?? {};
  if (major === undefined) return 'SUSE products';
  return pack === undefined ? `SUSE ${major}` : `SUSE ${major} SP${pack}`;
}
