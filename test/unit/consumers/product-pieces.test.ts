import { describe, expect, test } from 'vitest';
import { inPieces, type ProductReader } from '../../../src/consumers/product-pieces.js';
import type { Finding, ProductFacts, ProductsChanged } from '../../../src/domain/anomaly/finding.js';
import { judge, newsOf } from '../../../src/domain/anomaly/rules.js';
import { settings } from '../domain/anomaly/settings.js';
import { changed, FEED, NOW, product } from '../domain/anomaly/snapshots.js';
import { step } from './memory-history.js';

const HOUR = 3_600_000;
const THIS_HOUR = Math.floor(NOW / HOUR);
const SETTINGS = settings({ lowStock: { ozon: 5, wildberries: 5 } });

/** Two pieces in every hour up to so many hours ago. */
function shop(count: number, levels: (index: number) => readonly [number, number], silent = 1): Shop {
  const hours = Array.from({ length: 28 * 24 - silent }, (_, index) => ({
    ...{ hour: THIS_HOUR - 28 * 24 + 1 + index, sold: 2, received: 0 },
  }));
  return new Shop(
    Array.from({ length: count }, (_, index) => {
      const [before, after] = levels(index);
      return product({ productId: `${index}`, before, after, hours });
    }),
  );
}

/** What a database would answer, and how much of it was at hand at once. */
class Shop implements ProductReader {
  readonly asked: number[] = [];
  readonly steps: readonly ReturnType<typeof step>[];

  constructor(readonly products: readonly ProductFacts[]) {
    this.steps = products.map(({ productId, before, after }) => step(productId, after - before));
  }

  async facts(steps: Shop['steps']) {
    this.asked.push(steps.length);
    return steps.flatMap(({ productId }) => this.products[Number(productId)] ?? []);
  }

  async lastMoved(steps: Shop['steps']) {
    const facts = steps.flatMap(({ productId }) => this.products[Number(productId)] ?? []);
    const before = facts.flatMap(
      ({ hours }) => hours.filter(({ hour }) => hour < THIS_HOUR).at(-1)?.hour ?? [],
    );
    const last = Math.max(...before);
    return last >= THIS_HOUR - 24 ? last : null;
  }

  async pieces(): Promise<ProductsChanged[]> {
    const list: ProductsChanged[] = [];
    const snapshot = { feed: FEED, source: 'ozon', account: '123', at: NOW } as const;
    for await (const piece of inPieces(snapshot, this.steps, this)) list.push(piece);
    return list;
  }
}

/** What is news of these pieces where everything that can be was open before. */
function told(pieces: readonly ProductsChanged[]): string[] {
  const findings = pieces.flatMap((piece) => judge(piece, SETTINGS));
  const state = (one: Finding) => `${one.state} ${one.fingerprint} ${JSON.stringify(one.evidence)}`;
  const open = new Set(findings.map(({ fingerprint }) => fingerprint));
  return [new Set<string>(), open]
    .flatMap((before) => newsOf(findings, (one) => one, before))
    .map(state)
    .sort();
}

describe('products in pieces', () => {
  test('some hundreds at a time, whatever their number, and each once', async () => {
    const many = shop(2345, () => [100, 98]);
    const pieces = await many.pieces();
    expect(Math.max(...many.asked)).toBeLessThanOrEqual(500);
    expect(pieces.flatMap(({ products }) => products.map(({ productId }) => productId))).toEqual(
      many.products.map(({ productId }) => productId),
    );
    expect(pieces.map(({ whole }) => whole?.piece)).toEqual([1, 2, 3, 4, 5]);
  });

  test('few are the whole, and are read once', async () => {
    const few = shop(500, () => [100, 10]);
    const pieces = await few.pieces();
    expect([pieces.length, pieces[0]?.whole, few.asked]).toEqual([1, undefined, [500]]);
    expect(await shop(0, () => [0, 0]).pieces()).toEqual([]);
  });

  test('who moved little is not read twice', async () => {
    const quiet = shop(1200, (index) => (index < 20 ? [120, 60] : [100, 98]));
    await quiet.pieces();
    expect(quiet.asked).toEqual([500, 500, 200]);
    const loud = shop(1200, (index) => (index < 21 ? [120, 60] : [100, 98]));
    await loud.pieces();
    expect(loud.asked).toEqual([21, 500, 500, 200]);
  });

  test.each<[string, Shop]>([
    ['with no jump', shop(1300, () => [100, 98])],
    ['with twenty jumps over all pieces', shop(1300, (index) => (index % 65 === 0 ? [120, 60] : [9, 4]))],
    ['with twenty-one, few in any piece', shop(1300, (index) => (index % 62 === 0 ? [120, 60] : [9, 4]))],
    ['with jumps in the last piece alone', shop(1300, (index) => (index > 1270 ? [120, 60] : [9, 12]))],
    ['with jumps everywhere', shop(1300, () => [120, 20])],
    ['after a night', shop(1300, (index) => (index < 40 ? [120, 80] : [60, 40]), 12)],
    ['after days of silence', shop(1300, () => [120, 40], 100)],
  ])('a snapshot %s is told as if it were judged in one', async (_name, one) => {
    const pieces = await one.pieces();
    expect(pieces.length).toBe(3);
    expect(told(pieces)).toEqual(told([changed(one.products)]));
  });

  test('one product that moved an hour ago says that the feed was read then, whichever piece it is in', async () => {
    const late = shop(1300, () => [120, 90], 12);
    const awake = new Shop(
      late.products.map((one, index) =>
        index === 1299
          ? { ...one, hours: [...one.hours, { hour: THIS_HOUR - 1, sold: 1, received: 0 }] }
          : one,
      ),
    );
    expect(told(await late.pieces()).some((line) => line.startsWith('raised unusual-jump'))).toBe(false);
    expect(told(await awake.pieces())).toEqual(told([changed(awake.products)]));
    expect(told(await awake.pieces()).some((line) => line.startsWith('raised unusual-jump'))).toBe(true);
  });
});
