import type { LayerAnalyzer } from '../../lambda/image/index.ts';

/** Wants every `*.txt` and gives back its text: shows which content of a path an overlay ends with. */
export const textAnalyzer: LayerAnalyzer<string> = {
  id: 'text',
  version: 1,
  maxBytes: 1024 * 1024,
  lookups: ['var/lib/db.txt'],
  linkedFiles: ['linked.txt'],
  matches: (path) => path.endsWith('.txt') && !path.startsWith('store/'),
  parse: (file) => ({ outputs: [file.bytes().toString('utf8')], problems: [] }),
};
