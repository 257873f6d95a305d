export { analyseImage } from './analyse-image.ts';
export type { AdvisorySources } from './match-inventory.ts';
export { type ScanOptions, type ScanProgress, scanImage } from './scan-image.ts';
