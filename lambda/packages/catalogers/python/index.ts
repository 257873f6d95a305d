import type { AnalyzerResult, WantedFile } from '../../../image/index.ts';
import { messageOf } from '../../../shared/errors.ts';
import { KiB, MiB } from '../../../shared/units.ts';
import type { Cataloger, CatalogerOutput } from '../../cataloger.ts';
import { isZip, readEggMetadata } from './egg.ts';
import { toPackage } from './package.ts';
import { metadataPlace, parseMetadata } from './parse.ts';

/** Name, version and licence stand at the top; the description that follows may be megabytes. */
const MAX_HEADER_BYTES = 512 * KiB;

/**
 * Installed Python distributions. For a site-packages folder the answer is that of `pip list`, with PEP 503 names
 * (`Flask_Login` is `flask-login`: what advisories and purls use). Distributions vendored inside another one
 * (`setuptools/_vendor/*.dist-info`) are listed as well: pip does not show them, but their code is there and runs; their
 * location tells them apart.
 */
export const python = {
  id: 'python',
  version: 1,
  title: 'Python distributions (wheels, eggs, egg-info)',
  urls: [
    'https://packaging.python.org/en/latest/specifications/core-metadata/',
    'https://packaging.python.org/en/latest/specifications/recording-installed-packages/',
  ],
  files: [
    '**/*.dist-info/METADATA',
    '**/*.egg-info/PKG-INFO',
    '**/*.egg-info',
    '**/*.egg/EGG-INFO/PKG-INFO',
    '**/*.egg',
  ],
  /** Zipped eggs are read in pieces, metadata only from its head: this bounds the file kept, not the memory used. */
  maxBytes: 256 * MiB,
  matches: (path) => metadataPlace(path) !== undefined,
  parse: parseDistribution,
} as const satisfies Cataloger;

async function parseDistribution(file: WantedFile): Promise<AnalyzerResult<CatalogerOutput>> {
  const place = metadataPlace(file.path);
  if (place === undefined) return { outputs: [], problems: [] };
  if (place.kind !== 'egg-zip') return resultOf(file, headOf(file), place.stem);
  if (!isZip(file)) return { outputs: [], problems: [] };
  try {
    const text = await readEggMetadata(file);
    return text === undefined ? { outputs: [], problems: [] } : resultOf(file, text, place.stem);
  } catch (error) {
    return problem(file, `unreadable egg: ${messageOf(error)}`);
  }
}

function resultOf(file: WantedFile, text: string, stem: string): AnalyzerResult<CatalogerOutput> {
  const found = toPackage(parseMetadata(text), stem);
  if (found === undefined) return problem(file, 'no name and version in the metadata');
  return { outputs: [{ kind: 'package', package: found }], problems: [] };
}

function headOf(file: WantedFile): string {
  return file.read(0, Math.min(file.size, MAX_HEADER_BYTES)).toString('utf8');
}

function problem(file: WantedFile, detail: string): AnalyzerResult<CatalogerOutput> {
  return { outputs: [], problems: [{ code: 'malformed', detail, path: file.path }] };
}
