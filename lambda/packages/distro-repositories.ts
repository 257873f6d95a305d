import type { DistroCandidate, DistroFacts } from './distro-candidate.ts';

/** `https://dl-cdn.alpinelinux.org/alpine/v3.19/main`, `…/edge/testing`; a mirror may have any prefix. */
const ALPINE_REPOSITORY = /\/(?<stream>v\d{1,3}\.\d{1,3}|edge|latest-stable)\/(?:main|community|testing)\/?$/;

/**
 * Where the packages came from. Alpine: the streams in etc/apk/repositories, without tagged repositories (`@edge https://…`),
 * which apk uses only for packages asked for by that tag; edge says so even without that file. Red Hat: the content sets of all
 * layers, oldest layer first.
 */
export function repositoriesOf(candidate: DistroCandidate, facts: readonly DistroFacts[]): string[] {
  const found = new Set<string>();
  for (const { fields } of facts) {
    for (const set of lines(fields['contentSets'])) found.add(set);
    if (candidate.id !== 'alpine') continue;
    for (const line of lines(fields['repositories'])) {
      const stream = line.startsWith('@') ? undefined : ALPINE_REPOSITORY.exec(line)?.groups?.['stream'];
      if (stream !== undefined) found.add(stream);
    }
  }
  if (candidate.id === 'alpine' && candidate.version === 'edge' && found.size === 0) found.add('edge');
  return [...found];
}

function lines(text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : text.split('\n');
}
