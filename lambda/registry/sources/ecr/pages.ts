import { RegistryError } from '../../errors.ts';

/** Entries of a page, the most that ECR gives. */
export const PAGE_ENTRIES = 1000;
/** More pages of a thousand than an account can hold: a list that does not end. */
const MAX_PAGES = 100_000;

/** Every page of a list. Throws `registry-error` for one that does not end. */
export async function* pagesOf<Page extends { readonly nextToken?: string | undefined }>(
  page: (nextToken: string | undefined) => Promise<Page>,
): AsyncGenerator<Page> {
  let token: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const current: Page = await page(token);
    yield current;
    if (current.nextToken === undefined || current.nextToken === '') return;
    if (current.nextToken === token) break;
    token = current.nextToken;
  }
  throw new RegistryError('registry-error', 'ECR never ends a list');
}
