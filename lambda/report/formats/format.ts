import type { ImageReport } from '../report.ts';

/** How reports are shown; formats for machines heed none of it. */
export type RenderOptions = {
  /** Terminal colours. */
  readonly color: boolean;
  /** Terminal columns; Infinity when the output is not a terminal. */
  readonly width: number;
};

/**
 * One way to write reports down. Pure: it looks nothing up, knows no clock, and the same reports give the same text. All
 * text of an image is made harmless for where the format is shown, and what was not covered is always said.
 */
export interface ReportFormat {
  /** As `--format` takes it. */
  readonly id: string;
  /** For documents: what it is, in a few words. */
  readonly title: string;
  readonly mediaType: string;
  /** The whole document, with a final line break. `reports` holds one entry a platform, possibly none. */
  render(reports: readonly ImageReport[], options: RenderOptions): string;
}
