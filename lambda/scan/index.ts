export { type AdvisoryStorage, advisoryStorage } from './advisories/storage.ts';
export { analyseImage } from './analyse-image.ts';
export { currentCatalogerSet, type LayerCache, layerCache } from './layer-cache.ts';
export type { AdvisorySources } from './match-inventory.ts';
export { type DiscoverOptions, discoverIntegration } from './registry-images/discover.ts';
export { reportKey } from './registry-images/documents.ts';
export {
  type DiscoverMessage,
  discoverMessageSchema,
  type Outbox,
  type RematchMessage,
  rematchMessageSchema,
  type ScanMessage,
  scanMessageSchema,
} from './registry-images/messages.ts';
export { ecrPushSchema, type PushedOptions, requestPushed } from './registry-images/pushed-image.ts';
export { type RefreshOptions, refreshAdvisories } from './registry-images/refresh-advisories.ts';
export { rematchImage } from './registry-images/rematch.ts';
export {
  type IntegrationProgress,
  type ScanIntegrationOptions,
  type ScannedIntegration,
  scanIntegration,
} from './registry-images/scan-integration.ts';
export {
  type ScanOutcome,
  type ScanRegistryImageOptions,
  scanRegistryImage,
} from './registry-images/scan-registry-image.ts';
export { type ScanOptions, scanImage } from './scan-image.ts';
export type { ScanProgress } from './scan-source.ts';
