import { describe, expect, it } from '@jest/globals';
import { pagesOf } from '../../../../../lambda/registry/sources/ecr/pages.ts';
import { codeOf } from '../../../../support/code-of.ts';

type Page = { readonly nextToken?: string };

/** How many pages come of a list whose pages name these next ones. */
async function count(tokens: readonly (string | undefined)[]): Promise<number> {
  let pages = 0;
  const page = async (): Promise<Page> => {
    const nextToken = tokens[pages];
    return nextToken === undefined ? {} : { nextToken };
  };
  for await (const _ of pagesOf(page)) pages += 1;
  return pages;
}

describe('registry/sources/ecr/pages', () => {
  it.each<[string, (string | undefined)[], number]>([
    ['names no next one', [], 1],
    ['names an empty one', [''], 1],
    ['ends later', ['a', 'b', undefined], 3],
  ])('ends with the page that %s', async (_, tokens, pages) => {
    await expect(count(tokens)).resolves.toBe(pages);
  });

  it('fails for a list that never ends', async () => {
    await expect(codeOf(() => count(['a', 'a', 'a']))).resolves.toBe('registry-error');
  });
});
