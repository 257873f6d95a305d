/**
 * The grammar of Python versions, with every spelling that normalises.
 * https://packaging.python.org/en/latest/specifications/version-specifiers/#appendix-parsing-version-strings-with-regular-expressions
 */
import { MAX_VERSION_LENGTH } from '../text.ts';

const SHAPE =
  /^v?(?:(?<epoch>[0-9]+)!)?(?<release>[0-9]+(?:\.[0-9]+)*)(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>[0-9]*))?(?:-(?<implicitPost>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?<postNumber>[0-9]*))?(?:[-_.]?dev[-_.]?(?<devNumber>[0-9]*))?(?:\+(?<local>[0-9a-z]+(?:[-_.][0-9a-z]+)*))?$/;
const LOCAL_SEPARATOR = /[-_.]/;

type Groups = {
  epoch?: string;
  release: string;
  pre?: string;
  preNumber?: string;
  implicitPost?: string;
  postNumber?: string;
  devNumber?: string;
  local?: string;
};

export type Pep440Version = {
  readonly epoch: string;
  readonly release: readonly string[];
  /** 0 for an alpha, 1 for a beta, 2 for a release candidate. */
  readonly preRank: number | undefined;
  /** The numbers of the pre-, post- and development release; an empty one is 0. */
  readonly preNumber: string;
  readonly post: string | undefined;
  readonly dev: string | undefined;
  readonly local: readonly string[] | undefined;
};

/** The parts of a version; undefined for anything that is not of the grammar. Blanks around it and case do not count. */
export function parsePep440(version: string): Pep440Version | undefined {
  if (version.length > MAX_VERSION_LENGTH) return undefined;
  const groups = SHAPE.exec(version.trim().toLowerCase())?.groups as Groups | undefined;
  if (groups === undefined) return undefined;
  return {
    epoch: groups.epoch ?? '0',
    release: groups.release.split('.'),
    preRank: groups.pre === undefined ? undefined : preRank(groups.pre),
    preNumber: groups.preNumber ?? '',
    post: groups.implicitPost ?? groups.postNumber,
    dev: groups.devNumber,
    local: groups.local?.split(LOCAL_SEPARATOR),
  };
}

/** `c`, `pre` and `preview` are other spellings of `rc`. */
function preRank(name: string): number {
  if (name.startsWith('a')) return 0;
  return name.startsWith('b') ? 1 : 2;
}
