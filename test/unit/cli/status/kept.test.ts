import { afterEach, describe, expect, it, vi } from 'vitest';
import { Kept } from '../../../../src/cli/status/kept.js';

class Thing {
  isClosed = false;
  async close(): Promise<void> {
    this.isClosed = true;
  }
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a connection that is kept', () => {
  it('is opened once, when it is first needed, and closed at the end', async () => {
    const opened: Thing[] = [];
    const kept = new Kept(async () => {
      opened.push(new Thing());
      return opened[opened.length - 1] as Thing;
    });
    await kept.close();
    expect(opened).toEqual([]);
    expect(await Promise.all([kept.use(async () => 1), kept.use(async () => 2)])).toEqual([1, 2]);
    expect(opened).toHaveLength(1);
    await kept.close();
    expect(opened[0]?.isClosed).toBe(true);
  });

  it('is opened anew after it has failed, or could not be opened', async () => {
    const opened: Thing[] = [];
    let isAway = true;
    const kept = new Kept(async () => {
      if (isAway) throw new Error('away');
      opened.push(new Thing());
      return opened[opened.length - 1] as Thing;
    }, 1_000);
    await expect(kept.use(async () => 1)).rejects.toThrow('away');
    isAway = false;
    expect(await kept.use(async () => 1)).toBe(1);
    vi.useFakeTimers();
    const broken = () => kept.use(() => Promise.reject(new Error('broken')));
    // Both fail on the same one, which is given up once; a third is still at work with it.
    const outcomes = await Promise.allSettled([broken(), broken()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await kept.use(async () => 2)).toBe(2);
    expect(opened.map(({ isClosed }) => isClosed)).toEqual([false, false]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(opened.map(({ isClosed }) => isClosed)).toEqual([true, false]);
  });
});
