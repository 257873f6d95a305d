/** What tests look at in a report document. */
export interface ReportDocument {
  readonly reports: readonly {
    readonly image: object;
    readonly bytesPulled: number;
    readonly packages: readonly { readonly name: string }[];
    readonly findings: readonly { readonly id: string }[];
  }[];
}

/** Fields that say when a report came about, and what it cost. */
const OF_THE_RUN = new Set(['scannedAt', 'timings', 'bytesPulled', 'layersReused', 'builtAt', 'fetchedAt']);

/** A document without those, and without where the image was pulled from. */
export function comparable(document: unknown): ReportDocument {
  const text = JSON.stringify(document, (key, value: unknown) => (OF_THE_RUN.has(key) ? undefined : value));
  const parsed = JSON.parse(text) as ReportDocument;
  const reports = parsed.reports.map((report) => ({
    ...report,
    image: { ...report.image, name: '', reference: '' },
  }));
  return { ...parsed, reports };
}
