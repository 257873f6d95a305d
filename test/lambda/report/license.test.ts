import { describe, expect, it } from '@jest/globals';
import { classifyLicense, classifyLicenses } from '../../../lambda/report/license.ts';

describe('report/license', () => {
  it.each([
    ['MIT', 'id'],
    [' Apache-2.0 ', 'id'],
    ['GPL-2.0+', 'id'],
    ['MIT OR Apache-2.0', 'expression'],
    ['(MIT AND BSD-3-Clause) OR GPL-2.0-only WITH Classpath-exception-2.0', 'expression'],
    ['mit', 'name'],
    ['GPLv2+ and MIT', 'name'],
    ['SEE LICENSE IN LICENSE.md', 'name'],
    ['MIT OR LicenseRef-mine', 'name'],
    ['constructor', 'name'],
    ['__proto__', 'name'],
    ['MIT OR', 'name'],
    [`${'('.repeat(100_000)}MIT`, 'name'],
    [Array.from({ length: 1000 }, () => 'MIT').join(' OR '), 'name'],
  ])('takes %.60s for an %s', (text, kind) => {
    expect(classifyLicense(text)).toEqual({ kind, text: text.trim() });
  });

  it('leaves out blanks and repetitions', () => {
    expect(classifyLicenses(['MIT', '', ' ', 'MIT ', 'ISC']).map(({ text }) => text)).toEqual(['MIT', 'ISC']);
  });
});
