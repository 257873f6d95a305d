import type { FoundPackage } from '../../package.ts';
import { isWord } from '../../word.ts';
import type { MetadataFields } from './parse.ts';

const SEPARATORS = /[-_.]+/g;
const LICENSE_CLASSIFIER = 'License :: ';
/** Longer texts in `License` are the licence itself and not its name. */
const MAX_LICENSE_NAME_LENGTH = 100;

/** The name as indexes and advisories write it. https://peps.python.org/pep-0503/#normalized-names */
function normalizedName(name: string): string {
  return name.toLowerCase().replace(SEPARATORS, '-');
}

/**
 * The package, or undefined when neither the headers nor the folder's name (`Foo_Bar-1.0.dist-info`,
 * `foo-1.0-py3.9.egg-info`) give a name and a version. What only the folder's name says has medium confidence.
 */
export function toPackage(fields: MetadataFields, stem: string): FoundPackage | undefined {
  const [stemName, stemVersion] = stem.split('-');
  const name = wordOr(fields.name, stemName);
  const version = wordOr(fields.version, stemVersion);
  if (name === undefined || version === undefined) return undefined;
  const licenses = licenseNames(fields);
  return {
    type: 'pypi',
    name: normalizedName(name),
    version,
    ...(licenses.length === 0 ? {} : { licenses }),
    ...(fields.name !== name || fields.version !== version ? { confidence: 'medium' as const } : {}),
  };
}

function wordOr(header: string | undefined, fallback: string | undefined): string | undefined {
  return [header, fallback].find((text) => text !== undefined && isWord(text));
}

/** The SPDX expression (PEP 639), else a short `License`, else the last part of each licence classifier. */
function licenseNames(fields: MetadataFields): string[] {
  if (fields.licenseExpression !== undefined) return [fields.licenseExpression];
  if (fields.license !== undefined && fields.license.length <= MAX_LICENSE_NAME_LENGTH)
    return [fields.license];
  const names = fields.classifiers
    .filter((classifier) => classifier.startsWith(LICENSE_CLASSIFIER))
    .map((classifier) => classifier.slice(classifier.lastIndexOf(':') + 1).trim())
    .filter((name) => name !== '' && name !== 'OSI Approved');
  return [...new Set(names)];
}
