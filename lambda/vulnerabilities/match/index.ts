export { affectingAdvisories } from './affecting.ts';
export { type MatchInput, type MatchOutput, matchPackages } from './match-packages.ts';
