import { z } from 'zod';
import { discoverySchema } from '../../integrations/index.ts';
import { isDigest } from '../../shared/digest.ts';
import { MESSAGE_VERSION } from '../../shared/environment.ts';

const version = z.literal(MESSAGE_VERSION);
const repository = z.strictObject({
  host: z.string().min(1),
  name: z.string().min(1),
  region: z.string().exactOptional(),
});
const digest = z.string().refine(isDigest, { error: 'must be a digest' });

/** What the discover queue holds, beside the pushes that registries announce. */
export const discoverMessageSchema = z.discriminatedUnion('kind', [
  /** Look through every connected integration. */
  z.strictObject({ version, kind: z.literal('reconcile') }),
  z.strictObject({
    version,
    kind: z.literal('integration'),
    integration: z.string(),
    /** The rest of one that did not fit into one call: what comes after this repository, and what was found so far. */
    rest: z.strictObject({ after: z.string(), discovery: discoverySchema }).optional(),
  }),
]);
export type DiscoverMessage = z.infer<typeof discoverMessageSchema>;

/** One image to be scanned. */
export const scanMessageSchema = z.strictObject({
  version,
  kind: z.literal('scan'),
  integration: z.string(),
  repository,
  digest,
});
export type ScanMessage = z.infer<typeof scanMessageSchema>;

/** Images to be matched again. */
export const rematchMessageSchema = z.strictObject({
  version,
  kind: z.literal('rematch'),
  digests: z.array(digest).min(1).max(100),
});
export type RematchMessage = z.infer<typeof rematchMessageSchema>;

/** Where messages go. Sends all or throws; in batches where the queue takes them. */
export interface Outbox<Message> {
  send(messages: readonly Message[]): Promise<void>;
}
