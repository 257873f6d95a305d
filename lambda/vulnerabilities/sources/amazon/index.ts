export { type FoundRepository, findRepositories, readRepository } from './release.ts';
export { parseRepomd } from './repomd.ts';
export { AMAZON_RELEASES, type AmazonRelease, DEFAULT_AMAZON_MIRROR } from './repositories.ts';
export { parseUpdateInfo } from './updateinfo.ts';
