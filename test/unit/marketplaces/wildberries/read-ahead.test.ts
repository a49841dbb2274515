import { describe, expect, it } from 'vitest';
import { readAhead } from '../../../../src/marketplaces/wildberries/read-ahead.js';

const never = new AbortController().signal;

async function collected<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const result of results) all.push(result);
  return all;
}

describe('readAhead', () => {
  it.each([0, 1, 3, 4, 20])('gives %i results in order', async (length) => {
    const jobs = Array.from({ length }, (_, at) => at);
    let open = 0;
    let most = 0;
    const work = async (job: number) => {
      open += 1;
      most = Math.max(most, open);
      // Later jobs are sooner done.
      for (let turn = 20 - job; turn > 0; turn -= 1) await Promise.resolve();
      open -= 1;
      return job * 2;
    };
    expect(await collected(readAhead(jobs, 4, work, never))).toEqual(jobs.map((job) => job * 2));
    expect(most).toBe(Math.min(4, length));
  });

  it('throws the first failure in the order of the jobs, and begins no further ones', async () => {
    const begun: number[] = [];
    const work = async (job: number) => {
      begun.push(job);
      if (job === 2) throw new Error('later in time');
      if (job === 3) throw new Error('later in order');
      return Promise.resolve(job);
    };
    const all: number[] = [];
    const read = async () => {
      for await (const result of readAhead([0, 1, 2, 3, 4, 5, 6, 7, 8], 3, work, never)) all.push(result);
    };
    await expect(read()).rejects.toThrow('later in time');
    expect(all).toEqual([0, 1]);
    expect(begun).toEqual([0, 1, 2, 3, 4]);
  });

  it('waits for what it has stopped', async () => {
    let ended = 0;
    const work = (job: number, signal: AbortSignal) =>
      job === 0
        ? Promise.resolve(job)
        : new Promise<number>((_, reject) => {
            signal.addEventListener('abort', () => {
              ended += 1;
              reject(new Error('stopped'));
            });
          });
    for await (const result of readAhead([0, 1, 2], 3, work, never)) {
      expect(result).toBe(0);
      break;
    }
    expect(ended).toBe(2);
  });
});
