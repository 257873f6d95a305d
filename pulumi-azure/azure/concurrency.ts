const AT_A_TIME = 8;

/** The results of `tasks` in their order. Never more than eight run at once: Azure answers more with 429. */
export async function eightAtATime<Result>(tasks: readonly (() => Promise<Result>)[]): Promise<Result[]> {
  const results: Result[] = [];
  const queue = tasks.entries();
  const worker = async () => {
    for (const [index, task] of queue) results[index] = await task();
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return results;
}
