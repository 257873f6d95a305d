import { describe, expect, it } from '@jest/globals';
import { instructionOf, layerAt } from '../../../lambda/report/layers.ts';
import { cleanReport } from '../../support/sample-report.ts';

describe('report/layers', () => {
  it.each([
    ['/bin/sh -c #(nop) ADD file:0a1b in / ', 'ADD file:0a1b in /'],
    ['RUN /bin/sh -c npm ci # buildkit', 'RUN /bin/sh -c npm ci'],
    ['/bin/sh -c apt-get update \t\n && true', '/bin/sh -c apt-get update && true'],
    [' # buildkit', '# buildkit'],
    ['', ''],
  ])('shows %j as %j', (createdBy, expected) => {
    const [layer] = cleanReport().layers;

    expect(instructionOf(layer === undefined ? undefined : { ...layer, createdBy })).toBe(expected);
  });

  it('stays quick and short on a line that is all blanks', () => {
    const [layer] = cleanReport().layers;
    const createdBy = `RUN${' '.repeat(2_000_000)}x`;

    expect(instructionOf(layer === undefined ? undefined : { ...layer, createdBy })).toBe('RUN');
  });

  it('knows no layer that a report does not list', () => {
    expect(layerAt(cleanReport(), 7)).toBeUndefined();
    expect(instructionOf(undefined)).toBe('');
  });
});
