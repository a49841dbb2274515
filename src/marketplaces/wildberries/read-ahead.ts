/**
 * Does jobs side by side and yields what they gave in the jobs' order. The first failure in that order is thrown;
 * whatever is still under way then, or when the reader has had enough, is stopped and waited for.
 *
 * @param most jobs under way at once
 */
export async function* readAhead<Job, Result>(
  jobs: Iterable<Job>,
  most: number,
  work: (job: Job, signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
): AsyncGenerator<Result> {
  const enough = new AbortController();
  const either = AbortSignal.any([signal, enough.signal]);
  const source = jobs[Symbol.iterator]();
  const underWay: Promise<Result>[] = [];
  const start = () => {
    while (underWay.length < most) {
      const next = source.next();
      if (next.done === true) return;
      const result = work(next.value, either);
      // Its turn to be waited for may never come.
      result.catch(() => undefined);
      underWay.push(result);
    }
  };
  try {
    for (start(); underWay[0] !== undefined; start()) {
      yield await underWay[0];
      void underWay.shift();
    }
  } finally {
    enough.abort();
    await Promise.allSettled(underWay);
  }
}
