import type { Discovery } from '../../lambda/integrations/index.ts';
import { safeText } from '../../lambda/shared/text.ts';

/** A line for each thing that could not be listed of an integration, with what to do, and one for those that were only counted. */
export function gapLines(id: string, { gaps, moreGaps }: Pick<Discovery, 'gaps' | 'moreGaps'>): string[] {
  const lines = gaps.map(
    ({ subject, name, reason, detail }) => `not listed: ${subject} ${name}: ${detail} [${reason}]`,
  );
  return [...lines, ...(moreGaps === 0 ? [] : [`not listed: ${moreGaps} more of ${id}`])].map(safeText);
}
