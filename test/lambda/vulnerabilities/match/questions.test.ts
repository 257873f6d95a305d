import { describe, expect, it } from '@jest/globals';
import {
  type AdvisoryLookup,
  matchPackages,
  noteQuestions,
  questionsAbout,
} from '../../../../lambda/vulnerabilities/index.ts';
import { installed } from '../../../doubles/installed.ts';

const NOTHING: AdvisoryLookup = {
  ecosystems: () => ['npm', 'Maven'],
  advisories: () => [],
  namesOf: () => [],
  exploitation: () => ({}),
};

describe('vulnerabilities/match/questions', () => {
  it('notes each name the matcher asks for, once, and its ecosystem', () => {
    const { lookup, questions } = noteQuestions(NOTHING);
    const packages = [installed('npm', 'lodash', '4.17.20'), installed('npm', 'lodash', '4.17.21')];

    matchPackages({ packages, distro: undefined, lookup });

    expect(questions()).toEqual([
      { ecosystem: 'npm', name: 'lodash' },
      { ecosystem: 'npm', name: '*' },
    ]);
  });

  it('notes the artifact of an archive whose group is a guess, which any change of that artifact answers', () => {
    const { lookup, questions } = noteQuestions(NOTHING);
    const guess = { ...installed('maven', 'catalogue-server', '1.0'), confidence: 'low' } as const;

    matchPackages({ packages: [guess], distro: undefined, lookup });

    expect(questions()).toEqual(
      expect.arrayContaining([questionsAbout('Maven', 'org.example:catalogue-server')[1]]),
    );
  });
});
