import { describe, expect, it } from '@jest/globals';
import { compareToBound } from '../../../lambda/versions/index.ts';
import { pep440 } from '../../../lambda/versions/pep440/index.ts';
import { disorder, neighbours, relation } from './relation.ts';

/** The list of packaging's tests/test_version.py, all of which are in order. */
const ASCENDING = [
  '1.0.dev456',
  '1.0a1',
  '1.0a2.dev456',
  '1.0a12.dev456',
  '1.0a12',
  '1.0b1.dev456',
  '1.0b2',
  '1.0b2.post345.dev456',
  '1.0b2.post345',
  '1.0b2-346',
  '1.0c1.dev456',
  '1.0c1',
  '1.0rc2',
  '1.0c3',
  '1.0',
  '1.0.post456.dev34',
  '1.0.post456',
  '1.1.dev1',
  '1.2+abc',
  '1.2+abc123',
  '1.2+abc123def',
  '1.2+1234.abc',
  '1.2+123456',
  '1.2.r32+123456',
  '1.2.rev33+123456',
  '1!1.0.dev456',
  '1!1.0',
  '1!1.2.r32+123456',
  '2!0.1',
];

describe('versions/pep440', () => {
  it.each(neighbours(ASCENDING))('orders %s before %s', (a, b) => {
    expect(relation(pep440, a, b)).toBe('<');
  });

  it('keeps the order of all of them', () => {
    expect(disorder(pep440, ASCENDING)).toEqual([]);
  });

  // The normalisations of the same file.
  it.each([
    ['1.0dev', '1.0.dev0'],
    ['1.0-dev', '1.0.dev0'],
    ['1.0.DEV1', '1.0dev1'],
    ['1.0a', '1.0a0'],
    ['1.0.alpha.1', '1.0a1'],
    ['1.0-BETA1', '1.0b1'],
    ['1.0.c1', '1.0rc1'],
    ['1.0-preview_1', '1.0rc1'],
    ['1.0pre1', '1.0rc1'],
    ['1.0post', '1.0.post0'],
    ['1.0-1', '1.0.post1'],
    ['1.0-r5', '1.0.post5'],
    ['1.0.rev', '1.0.post0'],
    ['1.0+AbC', '1.0+abc'],
    ['1.0+ubuntu-1', '1.0+ubuntu.1'],
    ['1.0+01', '1.0+1'],
    ['v1.0', '1.0'],
    [' v1.0\t\n', '1.0'],
    ['0!1.0', '1'],
    ['2022.12.07', '2022.12.7'],
    ['1.0.0.0', '1'],
    ['01.0a05', '1.0a5'],
  ])('holds %j and %s to be the same', (a, b) => {
    expect(relation(pep440, a, b)).toBe('=');
  });

  it.each([
    ['1.0', '<', '1.0+local'],
    ['1.0+local.0', '<', '1.0+local.0.1'],
    ['1.0+local.a', '<', '1.0+local.1'],
    ['1.0+9', '<', '1.0+10'],
    ['1.0+1.z', '>', '1.0+z.1'],
    ['1.0.dev1', '<', '1.0a1'],
    ['1.0a1.dev1', '<', '1.0a1'],
    ['1.0.post1.dev1', '>', '1.0'],
    ['99999999999999999999.1', '>', '99999999999999999998.9'],
  ])('orders %s %s %s', (a, expected, b) => {
    expect(relation(pep440, a, b)).toBe(expected);
  });

  it.each([
    ['2.31.0+vendor.1', '2.31.0', 0],
    ['2.31.0+vendor.1', '2.31.0+vendor.2', -1],
    ['2.31.0+vendor.1', '2.31.0+vendor.1', 0],
    ['2.31.0', '2.31.0+vendor.1', -1],
    ['2.31.0+vendor.1', '2.30.0', 1],
  ])('reads the local part of %s only when the bound %s has one', (installed, bound, expected) => {
    expect(Math.sign(compareToBound(pep440, installed, bound) ?? Number.NaN)).toBe(expected);
  });

  // Also from test_version.py, and versions published before PEP 440.
  it.each([
    '',
    'french toast',
    '1.0+a+',
    '1.0++',
    '1.0+_foobar',
    '1.0+foo&asd',
    '1.0a1b1',
    '0.7.11p3',
    '2013-06-01T10:32',
    '1..0',
  ])('rejects %j', (version) => {
    expect(pep440.isValid(version)).toBe(false);
    expect(relation(pep440, version, '1.0')).toBe('not comparable');
    expect(compareToBound(pep440, '1.0', version)).toBeUndefined();
  });

  // Order of packaging 21.3 (`LegacyVersion`).
  it.each([
    ['0.1-bulbasaur', '<', '0.1-charmander'],
    ['0.9-ivysaur', '<', '1.0'],
    ['1.0', '>', '99-trunk'],
    ['1.0', '<', '1.1'],
    ['0.7.11p3', '<', '0.7.11p12'],
    ['0.3.2d.dev', '<', '0.3.2d'],
    ['2.0-p1', '<', '2.0p1'],
    ['1.0.0-x', '=', '1-x'],
    ['1-rc-x', '=', '1rc-x'],
    ['x_1', '>', 'x_1_2'],
    ['x', '<', 'x.final'],
    ['.', '<', 'x'], // a text without parts
    ['1.0', '<', '1.0+local'],
    ['', 'not comparable', '1.0'],
    ['1.0', 'not comparable', ''],
  ])('finds loosely that %s %s %s', (a, expected, b) => {
    expect(relation(pep440.compareLoosely, a, b)).toBe(expected);
  });
});
