import type { Registry, RegistryRepository } from '../registry/index.ts';
import type { Gap } from '../shared/coverage.ts';
import { AppError } from '../shared/errors.ts';
import type { Check } from './check.ts';

/** Repositories that are looked into for an image: the first ones may be empty. */
const MAX_REPOSITORIES = 10;

/** Reads a registry as a scan does, as far as one manifest, and closes it. Never throws for what it answers. */
export async function walkRegistry(registry: Registry): Promise<Check[]> {
  const gaps: Gap[] = [];
  const checks: Check[] = [];
  const step = async (id: string, act: () => Promise<Omit<Check, 'id'>>): Promise<void> => {
    if (checks.some(({ outcome }) => outcome === 'failed')) return;
    try {
      checks.push({ id, ...(await act()) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      checks.push({
        id,
        outcome: 'failed',
        detail: error.message,
        remedy: 'mend what the sentence says, then test again',
      });
    }
  };
  const repositories: RegistryRepository[] = [];
  let image: { readonly repository: RegistryRepository; readonly digest: string } | undefined;
  await step('list-repositories', async () => {
    for await (const repository of registry.repositories((gap) => gaps.push(gap))) {
      repositories.push(repository);
      if (repositories.length === MAX_REPOSITORIES) break;
    }
    const many = repositories.length === MAX_REPOSITORIES ? 'or more ' : '';
    return { outcome: 'passed', detail: `${repositories.length} ${many}repositories can be seen` };
  });
  await step('list-images', async () => {
    for (const repository of repositories) {
      for await (const { digest } of registry.images(repository, (gap) => gaps.push(gap))) {
        image = { repository, digest };
        return { outcome: 'passed', detail: `the images of ${repository.name} can be listed` };
      }
    }
    return {
      outcome: 'skipped',
      detail: 'there is no image to list',
      remedy: 'push one, or check which repositories are included',
    };
  });
  await step('manifest', async () => {
    if (image === undefined)
      return { outcome: 'skipped', detail: 'there is no image to read', remedy: 'push one' };
    const source = await registry.open(image.repository, image.digest);
    await source.manifest();
    return { outcome: 'passed', detail: `images of ${image.repository.name} can be read` };
  });
  for (const { name, detail, reason } of gaps) {
    checks.push({
      id: reason,
      on: name,
      outcome: 'warning',
      detail,
      remedy: 'without it, this part is not scanned',
    });
  }
  await registry.close();
  return checks;
}
