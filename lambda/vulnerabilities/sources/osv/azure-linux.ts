import { ecosystemFamily } from './names.ts';
import type { OsvRecord } from './schema.ts';

const AZURE_LINUX = 'Azure Linux';
const BEGINS_WITH_DIGIT = /^\d/;
/** `0.9.0.cm2`, the distribution's mark behind a version instead of behind a release. */
const DISTRIBUTION_MARK = /\.(?:cm|azl)\d{1,2}$/;

/**
 * A bound of Azure Linux as it is meant: without blanks around it, and without the distribution's mark where no release
 * stands before that. Undefined for what is no version: `null.cm2`, `httpd-2.4.2.azl3`.
 */
export function azureLinuxBound(bound: string): string | undefined {
  const version = bound.trim();
  if (!BEGINS_WITH_DIGIT.test(version)) return undefined;
  return version.includes('-') ? version : version.replace(DISTRIBUTION_MARK, '');
}

/** True for the ecosystems whose bounds need that. */
export function isAzureLinux(ecosystem: string): boolean {
  return ecosystemFamily(ecosystem) === AZURE_LINUX;
}

/** The first bound in a record that is no version. */
export function malformedBound(record: OsvRecord): string | undefined {
  const affected = (record.affected ?? []).filter(({ package: name }) => isAzureLinux(name?.ecosystem ?? ''));
  const events = affected.flatMap(({ ranges }) => (ranges ?? []).flatMap((range) => range.events));
  const bounds = events.flatMap((event) => [event.fixed ?? [], event.last_affected ?? []].flat());
  return bounds.find((bound) => azureLinuxBound(bound) === undefined);
}
