/**
 * Runs `work` on every item, at most `atOnce` at a time, in order of the list. The first failure aborts the signal the others
 * were given and is thrown once they have stopped; an abort of `signal` is such a failure.
 */
export async function inParallel<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item, signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const controller = new AbortController();
  const both = signal === undefined ? controller.signal : AbortSignal.any([controller.signal, signal]);
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const item = items[next] as Item;
      next += 1;
      try {
        both.throwIfAborted();
        await work(item, both);
      } catch (error) {
        failures.push(error);
        controller.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
