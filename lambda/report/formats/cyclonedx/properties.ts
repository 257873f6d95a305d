import { Models } from '@cyclonedx/cyclonedx-library';

/** A name below `backline:` with its value; undefined values are left out. */
export type PropertyEntry = readonly [name: string, value: string | number | undefined];

/** CycloneDX properties in Backline's namespace: https://cyclonedx.github.io/cyclonedx-property-taxonomy/ */
export function properties(entries: readonly PropertyEntry[]): Models.PropertyRepository {
  const known = entries.filter(([, value]) => value !== undefined);
  return new Models.PropertyRepository(
    known.map(([name, value]) => new Models.Property(`backline:${name}`, String(value))),
  );
}
