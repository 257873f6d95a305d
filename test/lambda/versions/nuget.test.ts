import { describe, expect, it } from '@jest/globals';
import { nuget } from '../../../lambda/versions/nuget/index.ts';
import { relation } from './relation.ts';

describe('versions/nuget', () => {
  // NuGet.Client's own vectors: test/NuGet.Core.Tests/NuGet.Versioning.Test/VersionComparerTests.cs.
  it.each([
    ['1.0.0', '=', '1.0.0'],
    ['1.0.0-BETA', '=', '1.0.0-beta'],
    ['1.0.0-BETA+AA', '=', '1.0.0-beta+aa'],
    ['1.0.0-BETA.X.y.5.77.0+AA', '=', '1.0.0-beta.x.y.5.77.0+aa'],
    ['1.0.0', '=', '1.0.0+beta'],
    ['1.0', '=', '1.0.0.0'],
    ['1.0+test', '=', '1.0.0.0'],
    ['1.0.0.1-1.2.A', '=', '1.0.0.1-1.2.a+A'],
    ['1.0.01', '=', '1.0.1.0'],
    ['1.0', '<', '1.0.0.1'],
    ['1.0.0.1-1.2.A', '<', '1.0.0.1-1.2.a.A+A'],
    ['1.0.01', '<', '1.0.1.2'],
    ['0.0.0', '<', '1.0.0'],
    ['1.1.0', '>', '1.0.1'],
    ['1.999.9999', '<', '2.1.1'],
    ['1.0.0-BETA', '<', '1.0.0-beta2'],
    ['1.0.0-beta+AA', '<', '1.0.0+aa'],
    ['1.0.0-BETA', '<', '1.0.0-beta.1+AA'],
    ['1.0.0-BETA.X.y.5.77.0+AA', '<', '1.0.0-beta.x.y.5.79.0+aa'],
    ['1.0.0-BETA.X.y.5.79.0+AA', '<', '1.0.0-beta.x.y.5.790.0+abc'],
    ['1.0.0.1-alpha', '<', '1.0.0.1-pre'],
    ['0.9.9.1', '<', '1.0.0'],
    ['4.3.1.99999999999999999999', '>', '4.3.1.99999999999999999998'],
  ])('agrees with NuGet that %s %s %s', (a, expected, b) => {
    expect(relation(nuget, a, b)).toBe(expected);
  });

  it.each(['', '1.2.3.4.5', '1.*', '[1.0]', 'a.b', '1.0.0-', '1.0 .0'])('rejects %j', (version) => {
    expect(nuget.isValid(version)).toBe(false);
    expect(relation(nuget, version, '1.0.0')).toBe('not comparable');
  });
});
