import type { ImageReport, ReportLayer } from './report.ts';

/** Marks that builders put around the instruction: the classic Docker builder before it, BuildKit after it. */
const NO_OPERATION = '/bin/sh -c #(nop) ';
const BUILDKIT = ' # buildkit';
/** More than any display shows; keeps what follows short work. Characters. */
const MAX_LENGTH = 4096;

/** The layer with this index; undefined when a report does not list it. */
export function layerAt(report: ImageReport, index: number): ReportLayer | undefined {
  return report.layers.find((layer) => layer.index === index);
}

/** The instruction that made a layer, without the builder's own marks and on one line; empty when unknown. */
export function instructionOf(layer: ReportLayer | undefined): string {
  const stated = (layer?.createdBy ?? layer?.comment ?? '').slice(0, MAX_LENGTH).toWellFormed();
  const line = stated
    .split(/\s/)
    .filter((word) => word !== '')
    .join(' ');
  const start = line.startsWith(NO_OPERATION) ? NO_OPERATION.length : 0;
  return line.slice(start, line.endsWith(BUILDKIT) ? -BUILDKIT.length : undefined);
}
