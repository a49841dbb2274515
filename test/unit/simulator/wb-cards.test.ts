import { describe, expect, it } from 'vitest';
import type { Simulator } from '../../../src/simulator/simulator.js';
import { parseLong } from '../../contract/vendor/json.js';
import { simulated, wb } from './simulated.js';

const CARDS = 'POST /content/v2/get/cards/list?locale=ru';

interface Card {
  readonly nmID: number;
  readonly vendorCode: string;
  readonly title: string;
  readonly updatedAt: string;
  readonly photos?: unknown[];
  readonly sizes: readonly { readonly chrtID: unknown; readonly techSize: string; readonly skus: string[] }[];
}

interface Cursor {
  readonly updatedAt?: string;
  readonly nmID?: number;
  readonly total?: number;
}

function digits(id: unknown): string {
  return typeof id === 'object' && id !== null && '$long' in id ? String(id.$long) : String(id);
}

async function page(simulator: Simulator, settings: object): Promise<{ cards: Card[]; cursor: Cursor }> {
  const answer = await wb(simulator, CARDS, { settings });
  expect(answer.status).toBe(200);
  return parseLong(answer.text) as { cards: Card[]; cursor: Cursor };
}

/** Pages until one has fewer cards than asked for, as the documents say. */
async function walk(
  simulator: Simulator,
  limit: number,
  options: { ascending?: boolean; from?: Cursor } = {},
): Promise<{ cards: Card[]; cursor: Cursor }> {
  const cards: Card[] = [];
  const { ascending = true, from } = options;
  for (let cursor: Cursor = from ?? {}, pages = 0; pages < 200; pages += 1) {
    const { updatedAt, nmID } = cursor;
    const got = await page(simulator, {
      sort: { ascending },
      filter: { withPhoto: -1 },
      cursor: { limit, ...(updatedAt === undefined ? {} : { updatedAt, nmID }) },
    });
    cards.push(...got.cards);
    cursor = got.cards.length === 0 ? cursor : got.cursor;
    if ((got.cursor.total ?? 0) < limit) {
      return { cards, cursor };
    }
  }
  throw new Error('paging does not end');
}

function catalogueOf(cards: readonly Card[]): object[] {
  const rows = cards.flatMap(({ nmID, vendorCode, title, sizes }) =>
    sizes.map(({ chrtID, techSize, skus }) => ({
      productId: digits(chrtID),
      offerId: vendorCode,
      name: title,
      cardId: String(nmID),
      size: techSize,
      barcodes: skus,
      archived: false,
    })),
  );
  return byId(rows);
}

function byId<T extends { readonly productId: string }>(rows: readonly T[]): T[] {
  return [...rows].sort((left, right) => (left.productId < right.productId ? -1 : 1));
}

describe('POST /content/v2/get/cards/list', () => {
  it.each([1, 4, 100])('walked by %i, either way, comes to the catalogue, each card once', async (limit) => {
    const simulator = await simulated({ unlimited: true, hostile: true, oddities: true });
    const expected = byId(simulator.world.catalogue('wildberries'));
    const up = await walk(simulator, limit);
    expect(catalogueOf(up.cards)).toEqual(expected);
    const down = await walk(simulator, limit, { ascending: false });
    expect(down.cards).toEqual([...up.cards].reverse());
    expect(new Set(up.cards.map(({ nmID }) => nmID)).size).toBe(up.cards.length);
    // Some have one `updatedAt`: paging is by nmID too.
    expect(new Set(up.cards.map(({ updatedAt }) => updatedAt)).size).toBeLessThan(up.cards.length);
    expect(up.cards.some(({ sizes }) => sizes.some(({ skus }) => skus.length > 1))).toBe(true);
  });

  it('shows cards without photos unless asked otherwise, ten at a time', async () => {
    const simulator = await simulated({ unlimited: true, wbProducts: 200 });
    const { cards } = await walk(simulator, 100);
    const bare = cards.filter(({ photos }) => photos === undefined);
    expect(bare.length).toBeGreaterThan(3);
    const usual = await page(simulator, {});
    expect(usual.cards.length).toBe(Math.min(10, bare.length));
    expect(usual.cards.every(({ photos }) => photos === undefined)).toBe(true);
    const shown = await page(simulator, { filter: { withPhoto: 1 }, cursor: { limit: 100 } });
    expect(shown.cards.length).toBe(Math.min(100, cards.length - bare.length));
  });

  it('gives what is new since a stored cursor, and nothing else', async () => {
    // The clock stands still: each change must come later than the stored cursor all the same.
    const simulator = await simulated({ unlimited: true, now: () => Date.UTC(2026, 10, 23) });
    const { world } = simulator;
    const whole = await walk(simulator, 100);
    const [first = '', second = ''] = world.productIds('wildberries');
    let from = whole.cursor;
    const news = async () => {
      const got = await walk(simulator, 100, { from });
      from = got.cursor;
      return got.cards.map(({ title, vendorCode }) => [title, vendorCode]);
    };
    expect(await news()).toEqual([]);
    world.advance(5);
    expect(await news()).toEqual([]);
    world.rename('wildberries', first, { name: 'Новое имя', offerId: 'НОВЫЙ' });
    expect(await news()).toEqual([['Новое имя', 'НОВЫЙ']]);
    const added = world.addProduct('wildberries');
    expect(await news()).toHaveLength(1);
    world.trash(added);
    expect(await news()).toEqual([]);
    expect(catalogueOf((await walk(simulator, 100)).cards)).toEqual(byId(world.catalogue('wildberries')));
    expect(world.truth('wildberries', { fbs: true }).some(({ productId }) => productId === added)).toBe(
      false,
    );
    world.trash(added, false);
    expect(await news()).toHaveLength(1);
    world.deleteProduct('wildberries', second);
    expect(catalogueOf((await walk(simulator, 100)).cards)).toEqual(byId(world.catalogue('wildberries')));
  });

  it('searches by article, barcode and nmID, and filters by brand and subject', async () => {
    const simulator = await simulated({ unlimited: true });
    const [size] = simulator.world.wildberries.all();
    const found = async (filter: object) =>
      (await page(simulator, { filter: { withPhoto: -1, ...filter }, cursor: { limit: 100 } })).cards;
    for (const textSearch of [size?.vendorCode, size?.nmId, size?.barcodes[0]]) {
      expect((await found({ textSearch })).map(({ nmID }) => String(nmID))).toEqual([size?.nmId]);
    }
    expect((await found({ brands: [size?.brand] })).length).toBeGreaterThan(0);
    expect(await found({ brands: ['нет такого'] })).toEqual([]);
    expect(await found({ tagIDs: [1] })).toEqual([]);
    expect(await found({ objectIDs: [1] })).toEqual([]);
  });
});
