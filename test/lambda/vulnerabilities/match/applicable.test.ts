import { describe, expect, it } from '@jest/globals';
import { applicability, isSoftware } from '../../../../lambda/vulnerabilities/match/applicable.ts';
import { advisory } from '../../../doubles/advisories.ts';
import { installed } from '../../../doubles/installed.ts';

describe('vulnerabilities/match/applicable', () => {
  it.each<[string | undefined, string, string | undefined, string]>([
    [undefined, '1.0-1.el8', undefined, 'yes'],
    ['nodejs:18', '18.1-1.module+el8.5.0+738+032c9c02', 'nodejs:18', 'yes'],
    ['nodejs:18', '16.1-1.module+el8.5.0+738+032c9c02', 'nodejs:16', 'no'],
    // one without a module never speaks of a modular package, nor the other way round
    [undefined, '18.1-1.module+el8.5.0+738+032c9c02', 'nodejs:18', 'no'],
    ['nodejs:18', '18.1-1.el8', undefined, 'no'],
    // modular by its release, but no label: not guessed
    ['nodejs:18', '18.1-1.module_el8.6.0+2781+fed64c13', undefined, 'unclear'],
    [undefined, '18.1-1.module_el8.6.0+2781+fed64c13', undefined, 'no'],
    ['unknown', '18.1-1.module+el8.5.0+738+032c9c02', 'nodejs:18', 'unclear'],
    ['unknown', '18.1-1.el8', undefined, 'no'],
  ])('judges module %s for version %s of module %s: %s', (module, version, label, expected) => {
    const { affected } = advisory({ ...(module !== undefined && { module }) });
    const pkg = installed('rpm', 'nodejs', version, { ...(label !== undefined && { module: label }) });

    expect(applicability(affected, pkg)).toBe(expected);
  });

  it.each<[string | undefined, string | undefined, string]>([
    ['x86_64', 'x86_64', 'yes'],
    ['x86_64', 'aarch64', 'no'],
    ['aarch64,x86_64', 'x86_64', 'yes'],
    ['aarch64|ppc64le', 'x86_64', 'no'],
    ['noarch', 'x86_64', 'yes'],
    ['x86_64', 'noarch', 'yes'],
    ['x86_64', undefined, 'yes'],
    [undefined, 'x86_64', 'yes'],
  ])('judges arch %s for a package of %s: %s', (stated, arch, expected) => {
    const { affected } = advisory({ ...(stated !== undefined && { arch: stated }) });

    expect(
      applicability(affected, installed('rpm', 'x', '1-1', { ...(arch !== undefined && { arch }) })),
    ).toBe(expected);
  });

  it('knows no modules outside rpm', () => {
    expect(applicability(advisory({}).affected, installed('deb', 'x', '1.module+el8'))).toBe('yes');
  });

  it.each([
    ['gpg-pubkey', false],
    ['openssl-debuginfo', false],
    ['openssl-debugsource', false],
    ['kernel-debuginfo-common-x86_64', false],
    ['openssl-libs', true],
    ['kernel-debug', true],
    ['elfutils-debuginfod', true],
  ])('takes the rpm %s for software: %s', (name, expected) => {
    expect(isSoftware(installed('rpm', name, '1-1'))).toBe(expected);
  });

  it('takes everything outside rpm for software', () => {
    expect(isSoftware(installed('npm', 'gpg-pubkey', '1'))).toBe(true);
  });
});
