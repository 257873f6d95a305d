type Verb = 'create' | 'update' | 'delete';

/** What the parts of the directory tell of their changes. */
export type Changes = {
  /** Before a change is made: waits while it is held. */
  readonly changing: (verb: Verb, kind: string, id: string) => Promise<void>;
  /** After it was made: a client has its answer only when this resolves. */
  readonly changed: (verb: Verb, kind: string, id: string) => Promise<void>;
};
