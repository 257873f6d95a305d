import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { json } from '../../../../lambda/report/formats/json/index.ts';
import {
  type ImageReport,
  imageReportSchema,
  reportDocumentSchema,
  reportJsonSchema,
} from '../../../../lambda/report/index.ts';
import { hostileReport } from '../../../support/hostile-report.ts';
import { cleanReport, fullReport } from '../../../support/sample-report.ts';

const render = (reports: readonly ImageReport[]): string => json.render(reports);

describe('report/formats/json', () => {
  it.each([
    ['a full report', [fullReport()]],
    ['hostile text', [hostileReport()]],
    ['two platforms', [fullReport(), cleanReport()]],
    ['no report', []],
  ])('can be read back: %s', (_, reports) => {
    expect(reportDocumentSchema.parse(JSON.parse(render(reports))).reports).toEqual(reports);
  });

  it('is valid by the published schema, which refuses what it does not know', () => {
    const validate = new Ajv2020({ strict: false }).compile(reportJsonSchema());
    const document = JSON.parse(render([fullReport(), hostileReport()])) as Record<string, unknown>;

    expect(validate(document)).toBe(true);
    expect(validate({ ...document, surprise: 1 })).toBe(false);
    expect(validate({ ...document, schemaVersion: 2 })).toBe(false);
  });

  it('keeps docs/schema up to date', () => {
    const path = join(import.meta.dirname, '../../../../docs/schema/report-1.schema.json');

    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(reportJsonSchema());
  });

  it('writes keys in the order of the schema, however the report was put together', () => {
    const report = fullReport({ timings: { b: 2, a: 1 } });
    const shuffled = Object.fromEntries(Object.entries(report).toReversed()) as ImageReport;

    const text = render([shuffled]);

    expect(text).toBe(render([{ ...report, timings: { a: 1, b: 2 } }]));
    expect(Object.keys((JSON.parse(text) as { reports: object[] }).reports[0] ?? {})).toEqual(
      Object.keys(imageReportSchema.shape).filter((key) => key !== 'hidden'),
    );
  });

  it.each([
    [[cleanReport()], 'complete', true],
    [[fullReport()], 'partial', false],
    [[cleanReport(), fullReport()], 'partial', false],
    [[], 'none', false],
  ])('says how much was covered and whether all is clean', (reports, outcome, clean) => {
    expect(JSON.parse(render(reports))).toMatchObject({ schemaVersion: 1, outcome, clean });
  });
});
