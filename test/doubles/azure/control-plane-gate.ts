/** A change on its way: `before` the directory has made it, or `after`, when only the answer is missing. */
export type Passing = {
  readonly when: 'before' | 'after';
  readonly verb: 'create' | 'update' | 'delete';
  readonly kind: string;
  readonly id: string;
};

/** Something that was stopped; `open` lets it go on. */
export type Held = { readonly passing: Passing; open(): void };

export interface Gate {
  /** Waits when it is to be held. */
  pass(passing: Passing): Promise<void>;
  /** Holds the next change that this is true of; resolves as soon as one has come. */
  hold(matches: (passing: Passing) => boolean): Promise<Held>;
}

/** A gate that stands open until told to hold something. */
export function gate(): Gate {
  const waiting: { matches: (passing: Passing) => boolean; arrived: (held: Held) => void }[] = [];
  return {
    pass: async (passing) => {
      const at = waiting.findIndex(({ matches }) => matches(passing));
      if (at === -1) return;
      const [found] = waiting.splice(at, 1);
      await new Promise<void>((resolve) => found?.arrived({ passing, open: resolve }));
    },
    hold: (matches) =>
      new Promise((resolve) => {
        waiting.push({ matches, arrived: resolve });
      }),
  };
}
