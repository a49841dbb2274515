import { describe, expect, test } from 'vitest';
import type { PageChunk, SnapshotStarted } from '../../../src/events/raw-snapshot.js';
import { OpenSnapshot, rowId } from '../../../src/streams/open-snapshot.js';
import { Places } from '../../../src/streams/state/places.js';
import { ProductIndex } from '../../../src/streams/state/product-index.js';

const DAY = 24 * 60 * 60 * 1000;
const started: SnapshotStarted = {
  type: 'snapshot-started',
  feed: 'ozon:1:product-stocks',
  snapshotId: 's',
  source: 'ozon',
  account: '1',
  endpoint: 'product-stocks',
  startedAt: '2026-11-22T10:00:00Z',
  scope: { schemes: ['fbo'] },
  limits: { absenceLimit: 0.5, absenceMin: 20 },
  acceptAbsences: false,
};
const places = new Places();
const products = new ProductIndex(0);
const open = () => new OpenSnapshot(started, 7, 1_000_000, 10, 5, places);
const sightingOf = (snapshot: OpenSnapshot, id: string) => snapshot.sightingLike(products, products.add(id));
const chunk = (page: number, number: number, chunks: number, rows = 1): PageChunk => ({
  type: 'page-chunk',
  feed: started.feed,
  snapshotId: 's',
  fetchedAt: '2026-11-22T10:00:00Z',
  page,
  chunk: number,
  chunks,
  rows: Array.from({ length: rows }, () => ({})),
});

describe('an open snapshot', () => {
  test('takes each chunk once, in whatever order', () => {
    const snapshot = open();
    expect(snapshot.receive(chunk(2, 2, 2, 3))).toBe(true);
    expect(snapshot.receive(chunk(1, 1, 1, 5))).toBe(true);
    expect(snapshot.receive(chunk(2, 2, 2, 3))).toBe(false);
    expect(snapshot.receive(chunk(2, 1, 2, 1))).toBe(true);
    expect(snapshot.rows).toBe(9);
    expect([...snapshot.pages].map(([page, { chunks, received }]) => [page, chunks, received.size])).toEqual([
      [2, 2, 2],
      [1, 1, 1],
    ]);
  });

  test('counts the products of its own list, with rows or without; a further method adds none', () => {
    const snapshot = open();
    snapshot.name('1', true);
    snapshot.name('2', true);
    snapshot.see(snapshot.name('1', false), places.numberOf({ scheme: 'fbo', warehouseId: '' }));
    snapshot.name('1', true);
    snapshot.name('3', false);
    snapshot.see(snapshot.name('3', false), places.numberOf({ scheme: 'fbs', warehouseId: '5' }));
    expect(snapshot.products).toBe(2);
    expect(['1', '2', '3', '4'].map((id) => snapshot.names(id))).toEqual([true, true, true, false]);
    expect(['1', '2', '3', '4'].map((id) => snapshot.hasRows(sightingOf(snapshot, id)))).toEqual([
      true,
      false,
      true,
      false,
    ]);
    // Listed after all: counted once, and its row is not forgotten.
    snapshot.name('3', true);
    snapshot.name('3', false);
    expect([snapshot.products, snapshot.hasRows(sightingOf(snapshot, '3'))]).toEqual([3, true]);
  });

  test('judges all products, or those that were asked for by id and those said to be removed', () => {
    const judged = (snapshot: OpenSnapshot) => ['1', '2', '3'].filter((id) => snapshot.judges(id));
    const ask = { ...chunk(1, 1, 1), query: { warehouseId: '5', productIds: ['1'] } };
    const removed = { ...chunk(2, 1, 1, 0), query: { productIds: ['2'], removed: true } };
    const scope = { ...started.scope, byIds: true };
    const byIds = new OpenSnapshot({ ...started, scope }, 7, 1_000_000, 10, 5);
    expect(judged(byIds)).toEqual([]);
    byIds.receive(ask);
    expect(judged(byIds)).toEqual(['1']);
    byIds.receive(removed);
    expect(judged(byIds)).toEqual(['1', '2']);
    expect([...byIds.removed]).toEqual(['2']);
    // A chunk that is there already says nothing more.
    byIds.receive({ ...ask, query: { productIds: ['3'] } });
    expect(judged(byIds)).toEqual(['1', '2']);
    const whole = open();
    whole.receive(ask);
    expect(judged(whole)).toEqual(['1', '2', '3']);
  });

  test('is given up after more than a day of broker time', () => {
    expect(open().isStaleAt(1_000_000 + DAY)).toBe(false);
    expect(open().isStaleAt(1_000_000 + DAY + 1)).toBe(true);
    expect(open().isStaleAt(0)).toBe(false);
  });

  test('counts keys, one product in several places too, however often they come', () => {
    const snapshot = open();
    const sighting = snapshot.name('1', true);
    const some = ['1', '2', '3'].flatMap((warehouseId) =>
      (['fbo', 'fbs'] as const).map((scheme) => places.numberOf({ scheme, warehouseId })),
    );
    for (const place of [...some, ...some]) snapshot.see(sighting, place);
    expect(snapshot.keys).toBe(6);
    expect(some.every((place) => snapshot.holds(sighting, place))).toBe(true);
    expect(snapshot.holds(sighting, places.numberOf({ scheme: 'rfbs', warehouseId: '1' }))).toBe(false);
    expect(snapshot.holds(snapshot.name('2', true), some[0] as number)).toBe(false);
    expect(snapshot.holds(sightingOf(snapshot, '3'), some[0] as number)).toBe(false);
  });

  test('covers the places of its scope, asked once or often', () => {
    const snapshot = open();
    const [inside, outside] = [
      places.numberOf({ scheme: 'fbo', warehouseId: '1' }),
      places.numberOf({ scheme: 'fbs', warehouseId: '1' }),
    ];
    expect([inside, outside, inside, outside].map((place) => snapshot.covers(place))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test('its digest is of the keys, not of their order or how often they came', () => {
    const keys = ['1', '2', '3'].map((productId) => ({ productId, scheme: 'fbs', warehouseId: '' }) as const);
    const digest = (some: readonly (typeof keys)[number][]) => {
      const snapshot = open();
      for (const key of some) snapshot.see(snapshot.name(key.productId, true), places.numberOf(key));
      return snapshot.digest();
    };
    expect(digest([...keys].reverse())).toBe(digest(keys));
    expect(digest([...keys, ...keys])).toBe(digest(keys));
    expect(digest(keys.slice(1))).not.toBe(digest(keys));
    expect(digest([])).not.toBe(digest(keys));
  });

  test('keys inside a feed cannot be taken for one another', () => {
    const ids = [
      rowId({ productId: '1', scheme: 'fbo', warehouseId: '' }),
      rowId({ productId: '1', scheme: 'fbs', warehouseId: '' }),
      rowId({ productId: '1', scheme: 'fbs', warehouseId: '5' }),
      rowId({ productId: '15', scheme: 'fbs', warehouseId: '' }),
      rowId({ productId: '1', scheme: 'fbs', warehouseId: '-5' }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
