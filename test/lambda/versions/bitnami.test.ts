import { describe, expect, it } from '@jest/globals';
import { bitnami } from '../../../lambda/versions/bitnami/index.ts';
import { disorder, neighbours, relation } from './relation.ts';

/** The revisions: pkg/version/version_collection_test.go of github.com/bitnami/go-version. */
const REVISIONS = [
  '1.0.0',
  '1.0.0-1',
  '1.0.0-1.1',
  '1.0.0-1.2',
  '1.0.0-2',
  '1.0.0-2.2',
  '1.0.0-2.11',
  '1.0.0-3.1',
];

describe('versions/bitnami', () => {
  it.each(neighbours(REVISIONS))('orders revision %s before %s', (a, b) => {
    expect(relation(bitnami, a, b)).toBe('<');
  });

  it('keeps the order of all revisions', () => {
    expect(disorder(bitnami, REVISIONS)).toEqual([]);
  });

  // The same library's version_test.go, then bounds of Bitnami's own advisories (BIT-*).
  it.each([
    ['1.2.3', '<', '1.4.5'],
    ['2.2.3', '>', '1.5.1'],
    ['2.2.3', '>', '2.2.2'],
    ['1.2.3-1', '=', '1.2.3-1'],
    ['1.2.3+foo', '=', '1.2.3+bar'],
    ['1.2.0', '<', '1.2.0-1+metadata'],
    ['6.1.1-3', '>', '6.1.1'],
    ['1.24.0-0', '=', '1.24.0'],
    ['1.24.0-1', '<', '1.24.0-1.0'],
    ['11.2.2-0', '<', '11.2.2-1'],
    ['2.6.0-rc1', '<', '2.6.0'],
    ['2.6.0-rc1', '<', '2.6.0-rc2'],
    ['2.6.0-rc1-3', '>', '2.6.0-rc1'],
    ['2.6.0-rc1-3', '<', '2.6.0-rc2-1'],
    ['3.6.5-8-g210218', '<', '3.6.5'],
    ['0.0.0-20251119140106-9dbdfc3f1be0', '<', '2025.8.5'],
    ['1.8.0-333', '>', '1.8.0-45'],
  ])('orders %s %s %s', (a, expected, b) => {
    expect(relation(bitnami, a, b)).toBe(expected);
  });

  it.each(['', 'nightly.2026-03-10.0', '1.2.3-'])('rejects %j', (version) => {
    expect(bitnami.isValid(version)).toBe(false);
    expect(relation(bitnami, version, '1.0.0')).toBe('not comparable');
  });
});
