import { describe, expect, it } from '@jest/globals';
import { type Arbitrary, array, assert, constantFrom, oneof, pre, property, string, tuple } from 'fast-check';
import {
  compareToBound,
  type VersionScheme,
  type VersionSchemeId,
  versionSchemes,
} from '../../../lambda/versions/index.ts';

/** Pieces from which each scheme's versions are put together: few and alike, so that the first parts are often equal. */
const PIECES: Readonly<Record<VersionSchemeId, readonly string[]>> = {
  apk: ['.', '.0', '.1', '.01', '2', 'a', 'p1', '_alpha', '_rc', '_p', '_git', '~ab', '-r1', '-r02'],
  bitnami: ['.', '.0', '.1', '2', '-1', '-2.1', '-rc', '.1', '+x'],
  composer: ['.', '0', '1', '-', 'dev', 'a', 'beta', 'rc', 'pl', 'foo', '_', '+'],
  cran: ['.0', '.1', '-0', '-1', '2'],
  deb: ['.', '0', '1', '-', '+', '~', 'a', 'Z', ':', 'b1'],
  generic: ['.', '0', '1', 'a', 'b', 'rc', 'dev', 'p', 'final', '-', '+'],
  go: ['.0', '.1', '-0.2', '-rc', '.1', '+incompatible', 'beta'],
  hackage: ['.0', '.1', '2'],
  maven: ['.0', '.1', '-0', '-1', '2', '-alpha', '-sp', '.x', '.Final', 'a1', '-foo', '-SNAPSHOT'],
  nuget: ['.0', '.1', '-a', '-A', '.1', '-1', '+x'],
  pep440: ['.0', '.1', 'a', 'rc1', '.post', '.dev', '1', '+a', '+1', '-1', '.2'],
  pub: ['.0', '.1', '-a', '-1', '.1', '+a', '+1'],
  rpm: ['.', '0', '1', 'a', 'b', '~', '^', '-', '-1', ':', '_', '2'],
  rubygems: ['.', '0', '1', 'a', 'rc', '-', '-java', '.pre', 'B'],
  semver: ['.0', '.1', '-a', '-1', '.a', '.1', '+x', 'rc'],
};
const RUNS = 1000;

/** Texts of the pieces that the scheme holds valid. */
function versionsOf(scheme: VersionScheme): Arbitrary<string> {
  const pieces = PIECES[scheme.id as VersionSchemeId];
  return tuple(constantFrom('0', '1', '2', '1:1'), array(constantFrom(...pieces), { maxLength: 6 }))
    .map(([first, rest]) => first + rest.join(''))
    .filter((version) => scheme.isValid(version));
}

function sign(scheme: VersionScheme, a: string, b: string): number {
  return Math.sign(scheme.compare(a, b) ?? Number.NaN);
}

describe.each(versionSchemes.map((scheme) => [scheme.id, scheme as VersionScheme] as const))(
  'versions/%s properties',
  (_, scheme) => {
    const version = versionsOf(scheme);

    it('gives every pair of valid versions an order, which turns round with the pair', () => {
      assert(
        property(version, version, (a, b) => {
          expect(sign(scheme, a, b) + sign(scheme, b, a)).toBe(0);
          expect(sign(scheme, a, a)).toBe(0);
        }),
        { numRuns: RUNS },
      );
    });

    it('is transitive', () => {
      assert(
        property(version, version, version, (a, b, c) => {
          pre(sign(scheme, a, b) <= 0 && sign(scheme, b, c) <= 0);
          const strict = sign(scheme, a, b) < 0 || sign(scheme, b, c) < 0;

          expect(sign(scheme, a, c)).toBe(strict ? -1 : 0);
        }),
        { numRuns: RUNS, maxSkipsPerRun: 20 },
      );
    });

    it('has an order exactly for valid versions, and throws on no text', () => {
      const pieces = constantFrom(...PIECES[scheme.id as VersionSchemeId], '1', '!', ' ', '#', 'é', '\0');
      const text = oneof(
        string({ unit: 'binary' }),
        array(pieces, { maxLength: 8 }).map((all) => all.join('')),
      );
      assert(
        property(text, text, (a, b) => {
          const comparable = scheme.isValid(a) && scheme.isValid(b);
          const loose = scheme.compareLoosely?.(a, b);

          expect(scheme.compare(a, b) !== undefined).toBe(comparable);
          expect(compareToBound(scheme, a, b) !== undefined).toBe(comparable);
          if (loose === undefined) return;
          expect(Math.sign(loose) + Math.sign(scheme.compareLoosely?.(b, a) ?? Number.NaN)).toBe(0);
          if (comparable) expect(loose).toBe(scheme.compare(a, b));
        }),
        { numRuns: RUNS },
      );
    });
  },
);
