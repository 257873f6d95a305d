import { Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import type { ReportFormat } from '../format.ts';
import { harmlessJson } from '../json-text.ts';
import { bomOf } from './bom.ts';

/** https://cyclonedx.org/docs/1.6/json/ : packages and findings of all reports in one bill. */
export const cyclonedx = {
  id: 'cyclonedx',
  title: 'CycloneDX 1.6 JSON: bill of materials with vulnerabilities',
  mediaType: 'application/vnd.cyclonedx+json; version=1.6',
  render(reports) {
    const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
    // Not sorted by the library: its order follows the machine's language.
    return `${harmlessJson(serializer.serialize(bomOf(reports), { sortLists: false, space: 2 }))}\n`;
  },
} as const satisfies ReportFormat;
