import { describe, expect, test } from 'vitest';
import { type SwapDeps, swapGeneration } from '../../../src/consumers/replay-swap.js';
import type { GenerationReady } from '../../../src/events/raw-snapshot.js';
import type { LogRecord } from '../../../src/ports/log-records.js';
import { type GenerationStanding, NOTHING_FOLDED } from '../../../src/ports/replay.js';
import { FeedMemory } from '../../../src/streams/feed-memory.js';
import { MemoryProjection } from '../../support/memory-projection.js';
import { OZON } from '../../support/raw-log.js';

const event: GenerationReady = {
  ...{ type: 'generation-ready', feed: 'ozon:100500:product-stocks', generation: 4, token: 't' },
  ...{ readyAt: '2026-11-22T10:00:00.000Z', limits: { absenceLimit: 0.5, absenceMin: 20 } },
  acceptAbsences: false,
};
const record: LogRecord = {
  ...{ topic: 'raw', partition: 3, offset: 8, timestamp: Date.parse('2026-11-22T10:00:00.000Z') },
  ...{ key: event.feed, value: null, headers: {} },
};
const applied = { rows: 0, products: 0, available: 0, place: { incarnation: 1, offset: 2 } };
const standing = (readyOffset: number | null, incarnation = 1): GenerationStanding => ({
  ...{ incarnation, readyOffset, folded: { ...NOTHING_FOLDED, applied }, liveWatermark: null },
});

/** @param answers what is known of the announcement, look by look; the last one for good */
async function swap(answers: readonly (GenerationStanding | null)[], deps: Partial<SwapDeps> = {}) {
  const live = new MemoryProjection();
  const memory = await FeedMemory.load(await live.feed(OZON), live, () => 100);
  let looks = 0;
  const generations: SwapDeps['generations'] = {
    async standing() {
      looks += 1;
      return answers[Math.min(looks, answers.length) - 1] ?? null;
    },
    async *rowsOfFeed() {},
    async *productsOfFeed() {},
    settle: () => Promise.reject(new Error('not part of this test')),
  };
  const { effects } = await swapGeneration(memory, record, event, { generations, live, ...deps });
  const outcomes = effects.flatMap((one) => (one.kind === 'generation' ? [one.verdict.outcome] : []));
  return { looks, kinds: effects.map(({ kind }) => kind), outcomes };
}

describe('the owner that comes to an announcement', () => {
  test('waits until the generation stands at it', async () => {
    expect(await swap([standing(null), standing(null), standing(8)])).toEqual({
      ...{ looks: 3, kinds: ['feed', 'generation'], outcomes: ['swapped'] },
    });
  });

  test('does nothing about one that nobody knows, or that stands at another record', async () => {
    expect((await swap([null])).kinds).toEqual([]);
    expect((await swap([standing(null), null])).kinds).toEqual([]);
    expect((await swap([standing(9)])).kinds).toEqual([]);
  });

  test('calls it off when it has waited long enough, or the topic is another one', async () => {
    expect(await swap([standing(null)], { waitMs: 0 })).toMatchObject({ looks: 1, outcomes: ['off'] });
    expect((await swap([standing(8, 2)])).outcomes).toEqual(['off']);
  });

  test('waits no longer when the partition is given away', async () => {
    const halt = new AbortController();
    const waiting = swap([standing(null)], { signal: halt.signal });
    halt.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'OWNERSHIP_LOST' });
  });
});
