import { describe, expect, it } from '@jest/globals';
import { isIncluded, namedRepositories } from '../../../lambda/registry/repository-filter.ts';

describe('registry/repository-filter', () => {
  it.each([
    ['app', undefined, undefined, true],
    ['app', ['app'], undefined, true],
    ['app2', ['app'], undefined, false],
    ['app', ['app*'], undefined, true],
    ['app', ['*app'], undefined, true],
    ['app', ['*'], undefined, true],
    ['team/app', ['*'], undefined, true],
    ['team/app', ['team/*'], undefined, true],
    ['team', ['team/*'], undefined, false],
    ['team/a/b', ['team/*'], undefined, true],
    ['team/app', ['*/app'], undefined, true],
    ['team/app-2', ['team/*-*'], undefined, true],
    ['team/app2', ['team/*-*'], undefined, false],
    // The parts must not overlap.
    ['aba', ['ab*ba'], undefined, false],
    ['abba', ['ab*ba'], undefined, true],
    ['a.b', ['a*.b'], undefined, true],
    ['axb', ['a.b'], undefined, false],
    ['team/app', undefined, ['team/*'], false],
    ['team/app', ['team/*'], ['*/app'], false],
    ['app', [], undefined, false],
  ])('%j with include %j and exclude %j: %j', (name, include, exclude, expected) => {
    expect(isIncluded(name, { include, exclude })).toBe(expected);
  });

  it('knows which repositories are named in full', () => {
    expect(namedRepositories({ include: ['app', 'team/*', 'lib'], exclude: ['l*'] })).toEqual(['app']);
    expect(namedRepositories({})).toEqual([]);
  });

  it('takes no longer for a pattern of many stars', () => {
    const started = performance.now();

    expect(isIncluded('a'.repeat(250), { include: [`${'*a'.repeat(120)}*b`] })).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
