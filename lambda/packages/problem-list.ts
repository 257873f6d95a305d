import type { Problem } from '../shared/coverage.ts';

/** Problems of one file that are kept in full; a hostile file could otherwise make one for every byte. */
const MAX_PROBLEMS = 50;

/** Gathers the problems of one file. */
export interface ProblemList {
  /** Notes a problem. After the first 50 only their number is kept. */
  add(code: string, detail: string): void;
  /** What was noted so far, with a closing `more-problems` entry when some were only counted. */
  list(): Problem[];
}

/** An empty list of problems of the file at `path`. */
export function problemsOf(path: string): ProblemList {
  const problems: Problem[] = [];
  let uncounted = 0;
  return {
    add(code, detail) {
      if (problems.length < MAX_PROBLEMS) problems.push({ code, detail, path });
      else uncounted += 1;
    },
    list() {
      if (uncounted === 0) return [...problems];
      return [...problems, { code: 'more-problems', detail: `${uncounted} more problems not listed`, path }];
    },
  };
}
