// https://github.com/composer/composer/blob/main/src/Composer/Repository/FilesystemRepository.php
import type { Problem } from '../../../shared/coverage.ts';
import { parseJson } from '../../json.ts';
import { type InstalledPackage, installedFileSchema, installedPackageSchema } from './schema.ts';

/** The entries of an installed.json of Composer 1 or 2; broken ones make one problem together. */
export function parseInstalled(
  bytes: Buffer,
  path: string,
): { entries: readonly InstalledPackage[]; problems: readonly Problem[] } {
  const json = parseJson(bytes, path);
  if ('problem' in json) return { entries: [], problems: [json.problem] };
  const file = installedFileSchema.safeParse(json.value);
  if (!file.success) return { entries: [], problems: [malformed(path, 'no list of packages')] };

  const parsed = file.data.map((entry) => installedPackageSchema.safeParse(entry));
  const entries = parsed.flatMap((result) => (result.success ? [result.data] : []));
  const broken = parsed.length - entries.length;
  const detail = `${broken} of the packages have no usable name and version`;
  return { entries, problems: broken === 0 ? [] : [malformed(path, detail)] };
}

function malformed(path: string, detail: string): Problem {
  return { code: 'malformed', detail, path };
}
