import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Lately } from '../../../../src/dashboard/pipeline/lately.js';
import { AppError } from '../../../../src/errors.js';

describe('what somebody slow was asked', () => {
  let now = 0;
  let asked = 0;
  let settle: { resolve: (value: string) => void; reject: (error: unknown) => void };
  const onNews = vi.fn();
  const news = () => new Promise<void>((resolve) => onNews.mockImplementationOnce(() => resolve()));
  const made: Lately<string>[] = [];
  const lately = (waitMs: number, patienceMs = 60_000, everyMs = 1_000) => {
    const known = new Lately(
      () =>
        new Promise<string>((resolve, reject) => {
          asked += 1;
          settle = { resolve, reject };
        }),
      { everyMs, waitMs, patienceMs, onNews, now: () => now },
    );
    made.push(known);
    return known;
  };
  afterEach(() => {
    for (const known of made.splice(0)) known.stop();
  });
  beforeEach(() => {
    now = 0;
    asked = 0;
    onNews.mockReset();
  });

  it('is not waited for, and is told as soon as it is there', async () => {
    const known = lately(0);
    expect(await known.get()).toEqual({ value: null, isAway: false });
    const told = news();
    settle.resolve('first');
    await told;
    expect(await known.get()).toEqual({ value: 'first', isAway: false });
    expect([asked, onNews.mock.calls.length]).toEqual([1, 1]);
  });

  it('goes along with the page where it comes at once', async () => {
    const known = lately(60_000);
    const first = known.get();
    settle.resolve('first');
    expect(await first).toEqual({ value: 'first', isAway: false });
  });

  it('is asked once at a time, anew when the answer is old, and tells nothing where nothing is new', async () => {
    const known = lately(0);
    await Promise.all([known.get(), known.get()]);
    now = 5_000;
    await known.get();
    expect(asked).toBe(1);
    const told = news();
    settle.resolve('same');
    await told;
    await known.get();
    expect(asked).toBe(2);
    settle.resolve('same');
    now = 10_000;
    expect((await known.get()).value).toBe('same');
    await known.get();
    expect([asked, onNews.mock.calls.length]).toEqual([3, 1]);
  });

  it('is away when it does not answer in time, and back by itself', async () => {
    const known = lately(0, 1);
    const away = news();
    await known.get();
    await away;
    expect(await known.get()).toEqual({ value: null, isAway: true });
    const back = news();
    settle.resolve('late');
    await back;
    expect(await known.get()).toEqual({ value: 'late', isAway: false });
  });

  it('is asked again by itself while somebody reads, and no more when nobody does, or it is over', async () => {
    const known = lately(60_000, 60_000, 1);
    const first = known.get();
    settle.resolve('first');
    await first;
    await vi.waitFor(() => expect(asked).toBe(2));
    const told = news();
    settle.resolve('second');
    await told;
    await vi.waitFor(() => expect(asked).toBe(3));
    now = 20_000;
    const third = news();
    settle.resolve('third');
    await third;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked).toBe(3);
    known.stop();
    expect(await known.get()).toEqual({ value: 'third', isAway: false });
    expect(asked).toBe(3);
  });

  it('keeps what it knew while the other side is away; a fault of ours is no absence', async () => {
    const known = lately(60_000);
    const first = known.get();
    settle.resolve('known');
    await first;
    now = 5_000;
    const second = known.get();
    settle.reject(new AppError('KAFKA_UNAVAILABLE', 'no broker'));
    expect(await second).toEqual({ value: 'known', isAway: true });
    now = 10_000;
    const third = known.get();
    settle.reject(new TypeError('a bug'));
    await expect(third).rejects.toThrow('a bug');
  });
});
