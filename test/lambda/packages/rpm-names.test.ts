import { describe, expect, it } from '@jest/globals';
import { splitSourceRpm, withEpoch } from '../../../lambda/packages/rpm-names.ts';

describe('packages/rpm-names', () => {
  it.each([
    ['bash-5.1.8-6.el9.src.rpm', 'bash', '5.1.8-6.el9'],
    ['util-linux-2.32.1-42.el8_8.src.rpm', 'util-linux', '2.32.1-42.el8_8'],
    ['java-1.8.0-openjdk-1.8.0.392.b08-4.el8.src.rpm', 'java-1.8.0-openjdk', '1.8.0.392.b08-4.el8'],
    [
      'ca-certificates-2023.2.60_v7.0.306-90.1.el9_2.nosrc.rpm',
      'ca-certificates',
      '2023.2.60_v7.0.306-90.1.el9_2',
    ],
  ])('splits %s from the right', (file, name, version) => {
    expect(splitSourceRpm(file)).toEqual({ name, version });
  });

  it.each([
    '',
    '(none)',
    'bash-5.1.8-6.el9.rpm',
    'bash-5.src.rpm',
    '-1-2.src.rpm',
    'a--1.src.rpm',
    'a-1-.src.rpm',
  ])('rejects %p', (file) => {
    expect(splitSourceRpm(file)).toBeUndefined();
  });

  it.each([
    [0, '1-1'],
    [1, '1:1-1'],
    [4294967295, '4294967295:1-1'],
  ])('writes epoch %i as %s', (epoch, version) => {
    expect(withEpoch(epoch, '1-1')).toBe(version);
  });
});
