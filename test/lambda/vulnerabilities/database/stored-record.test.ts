import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  decodeEntry,
  decodeFacts,
  type EntryCode,
  type StoredRecord,
  storeRecord,
} from '../../../../lambda/vulnerabilities/database/stored-record.ts';
import type { AdvisoryRecord } from '../../../../lambda/vulnerabilities/record.ts';

const text = fc.string({ maxLength: 8 });
const texts = fc.array(text, { maxLength: 3 });
const event = fc.oneof(
  fc.record({ introduced: text }),
  fc.record({ fixed: text }),
  fc.record({ lastAffected: text }),
  fc.record({ limit: text }),
);
const range = fc.record({
  type: fc.constantFrom('SEMVER' as const, 'ECOSYSTEM' as const),
  events: fc.array(event, { maxLength: 4 }),
});
const severity = fc.record({ type: fc.constantFrom('CVSS_V3' as const, 'vendor' as const), value: text });
const found = fc.record(
  {
    ecosystem: text,
    name: text,
    ranges: fc.array(range, { maxLength: 3 }),
    versions: texts,
    module: text,
    arch: text,
    state: text,
    lastKnownAffected: text,
    customRanges: fc.array(range, { minLength: 1, maxLength: 2 }),
    imports: fc.array(fc.record({ path: text }), { minLength: 1, maxLength: 2 }),
    repository: text,
  },
  { requiredKeys: ['ecosystem', 'name', 'ranges', 'versions'] },
);
const record: fc.Arbitrary<AdvisoryRecord> = fc.record(
  {
    id: text,
    aliases: texts,
    upstream: texts,
    related: texts,
    published: text,
    modified: text,
    summary: text,
    severities: fc.uniqueArray(severity, { maxLength: 2, selector: (one) => JSON.stringify(one) }),
    cwes: texts,
    source: text,
    affected: fc.array(fc.record({ package: found, severities: fc.constant([]) }), { maxLength: 3 }),
  },
  {
    requiredKeys: [
      'id',
      'aliases',
      'upstream',
      'related',
      'modified',
      'severities',
      'cwes',
      'source',
      'affected',
    ],
  },
);

function codesOf(stored: StoredRecord): readonly EntryCode[] {
  return stored.entries.map((entry) => JSON.parse(`[1,${entry.body}]`) as EntryCode);
}

describe('vulnerabilities/database/stored-record', () => {
  it('reads back whatever it stores', () => {
    fc.assert(
      fc.property(record, (original) => {
        const stored = storeRecord(original, 'key');
        const { affected, ...facts } = original;

        expect(decodeFacts(stored.facts)).toEqual(facts);
        expect(
          codesOf(stored).map((code, at) => {
            const entry = stored.entries[at];
            return decodeEntry(entry?.ecosystem ?? '', entry?.name ?? '', code);
          }),
        ).toEqual(affected);
      }),
    );
  });

  const base = { id: 'A', aliases: [], upstream: [], related: [], modified: 'x', cwes: [], source: 's' };
  const pkg = (name: string): AdvisoryRecord['affected'][number]['package'] => ({
    ecosystem: 'npm',
    name,
    ranges: [],
    versions: ['1'],
  });
  const low = { type: 'vendor', value: 'low' } as const;
  const high = { type: 'vendor', value: 'high' } as const;

  it('keeps a severity that all packages share once, before that of the record', () => {
    const affected = ['a', 'b'].map((name) => ({ package: pkg(name), severities: [low] }));

    const stored = storeRecord({ ...base, severities: [high, low], affected }, 'A');

    expect(decodeFacts(stored.facts).severities).toEqual([low, high]);
    expect(codesOf(stored).map((code) => code[2])).toEqual([{ v: ['1'] }, { v: ['1'] }]);
  });

  it('keeps severities that differ with their packages', () => {
    const affected = [
      { package: pkg('a'), severities: [low] },
      { package: pkg('b'), severities: [high] },
    ];

    const stored = storeRecord({ ...base, severities: [], affected }, 'A');

    expect(decodeFacts(stored.facts).severities).toEqual([]);
    expect(codesOf(stored).map((code) => decodeEntry('npm', 'a', code).severities)).toEqual([[low], [high]]);
  });
});
