/**
 * The order of RubyGems versions.
 * https://github.com/ruby/rubygems/blob/v3.6.0/lib/rubygems/version.rb (grammar, segments, comparison) and
 * https://guides.rubygems.org/platforms/ (platform suffixes).
 */
import { compareNumbers, compareText, MAX_VERSION_LENGTH } from '../text.ts';

/** Ruby wants a dot before the first letter; advisories and OSV leave it out at times (`1beta`). */
const SHAPE = /^[0-9][0-9A-Za-z]*(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
/** `-java`, `-x86_64-linux-musl`, `-arm64-darwin-22`, `-x64-mingw-ucrt`: file names and lock files append the platform. */
const PLATFORM =
  /-(?:(?:universal|x86_64|x86|x64|i[3-6]86|aarch64|arm64|armv?[0-9a-z]*|ppc64le|ppc64|powerpc|riscv64|s390x|sparc|wasm32)-)?(?:linux|darwin|mingw32|mingw|mswin(?:32|64)?|freebsd|openbsd|netbsd|solaris|aix|cygwin|wasi|java|jruby|truffleruby|dalvik|dotnet)(?:[.-][0-9a-z.]*)?(?:-[0-9a-z]+)?$/;
const SEGMENT = /[0-9]+|[A-Za-z]+/g;
const DASH = /-/g;
const ZERO = /^0+$/;

/** True for a version of RubyGems, with or without a platform. */
export function isGemVersion(version: string): boolean {
  return parse(version) !== undefined;
}

/** As `VersionScheme.compare`. */
export function compareGems(a: string, b: string): number | undefined {
  const left = parse(a);
  const right = parse(b);
  if (left === undefined || right === undefined) return undefined;
  const length = Math.max(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const order = compareSegment(left[i] ?? '0', right[i] ?? '0');
    if (order !== 0) return order;
  }
  return 0;
}

/** The segments: runs of digits and of letters, without the zeros at the end of the numbers and of the whole. */
function parse(version: string): readonly string[] | undefined {
  if (version.length > MAX_VERSION_LENGTH) return undefined;
  const plain = version.trim().replace(PLATFORM, '');
  if (!SHAPE.test(plain)) return undefined;
  const segments = plain.replace(DASH, '.pre.').match(SEGMENT) as string[];
  const firstWord = segments.findIndex(isWord);
  if (firstWord === -1) return withoutTrailingZeros(segments);
  return [
    ...withoutTrailingZeros(segments.slice(0, firstWord)),
    ...withoutTrailingZeros(segments.slice(firstWord)),
  ];
}

function withoutTrailingZeros(segments: readonly string[]): readonly string[] {
  return segments.slice(0, segments.findLastIndex((segment) => !ZERO.test(segment)) + 1);
}

/** Words come before numbers. */
function compareSegment(a: string, b: string): number {
  const aIsWord = isWord(a);
  if (aIsWord !== isWord(b)) return aIsWord ? -1 : 1;
  return aIsWord ? compareText(a, b) : compareNumbers(a, b);
}

function isWord(segment: string): boolean {
  return segment > ':';
}
