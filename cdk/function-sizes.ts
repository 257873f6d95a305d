import type { FunctionName } from '../lambda/shared/environment.ts';

/** What is reserved for a function while it runs. */
export interface FunctionSize {
  /** MB, 128 to 10,240; Lambda gives one processor for each 1,769. */
  readonly memory: number;
  /** MB under /tmp, 512 to 10,240. */
  readonly disk: number;
  readonly why: string;
}

/** Minutes a function may run: the most there is. All have it, for all depend on services that may be slow. */
export const TIMEOUT_MINUTES = 15;

/** The most that a new account may use. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LARGE = 3008;
/** The most there is: the disk costs under a hundredth of what the memory does. */
const WHOLE_DISK = 10_240;

/** Memory buys processor time here: no function needs half of what it has. docs/permissions.md shows the reasons. */
export const FUNCTION_SIZES: Readonly<Record<FunctionName, FunctionSize>> = {
  discover: { memory: 512, disk: 512, why: 'waits for lists; holds a page of them at a time' },
  scan: {
    memory: LARGE,
    disk: WHOLE_DISK,
    why: 'inflates three layers at a time, which two processors keep up with, in 256 MB; shards and large files of layers lie on disk',
  },
  'refresh-advisories': {
    memory: LARGE,
    disk: WHOLE_DISK,
    why: 'builds all shards, with up to 1 GB of memory; downloads, old and new shards lie on disk',
  },
  rematch: {
    memory: 1769,
    disk: WHOLE_DISK,
    why: 'matching takes one processor; the shards of one image lie on disk',
  },
  integrations: { memory: 512, disk: 512, why: 'makes a handful of requests while somebody waits' },
};
