import { describe, expect, it } from '@jest/globals';
import { installedVersion } from '../../../../lambda/vulnerabilities/match/installed-version.ts';

describe('vulnerabilities/match/installed-version', () => {
  it.each([
    ['stdlib', 'go1.22.3', '1.22.3'],
    ['stdlib', 'go1.21', '1.21.0'],
    ['stdlib', 'go1.22rc1', '1.22.0-rc.1'],
    ['stdlib', 'go1.26.5 (Red Hat 1.26.5-1.el9)', '1.26.5'],
    ['toolchain', 'go1.26.8-X:jsonv2', '1.26.8'],
    ['stdlib', '1.22.3', '1.22.3'],
    ['stdlib', 'devel go1.24-ab12cd34ef', ''],
    ['example.org/app', '(devel)', ''],
    ['example.org/app', 'v0.0.0-20240102030405-abcdefabcdef+dirty', ''],
    ['example.org/app', 'v0.0.0-20240102030405-abcdefabcdef', 'v0.0.0-20240102030405-abcdefabcdef'],
    ['example.org/app', 'v1.2.3+dirty', 'v1.2.3+dirty'],
  ])('reads Go module %s %j as %j', (name, version, expected) => {
    expect(installedVersion({ type: 'golang', name, version })).toBe(expected);
  });

  it('leaves versions of other ecosystems as they are', () => {
    expect(installedVersion({ type: 'npm', name: 'stdlib', version: 'go1.2' })).toBe('go1.2');
  });
});
