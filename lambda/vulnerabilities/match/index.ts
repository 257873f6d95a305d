/** Which advisories apply to which packages. */
export { affectingAdvisories } from './affecting.ts';
export { matchPackages } from './match-packages.ts';
