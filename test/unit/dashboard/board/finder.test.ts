import { beforeEach, describe, expect, it } from 'vitest';
import type { BoardQuery } from '../../../../src/dashboard/board/contract.js';
import { FeedSets } from '../../../../src/dashboard/board/feed-sets.js';
import { Finder } from '../../../../src/dashboard/board/finder.js';
import { Shelf } from '../../../../src/dashboard/board/shelf.js';
import { ZoneClock } from '../../../../src/dashboard/board/zone.js';
import type { Source } from '../../../../src/domain/stock-key.js';

const NOW = Date.parse('2026-11-23T09:00:00Z');
const feeds = new FeedSets();
let shelf: Shelf;
let finder: Finder;
let version = 1;

interface Fields {
  readonly offerId?: string | null;
  readonly name?: string | null;
  readonly sku?: string | null;
  readonly barcodes?: readonly string[];
  readonly archived?: boolean;
  readonly available?: number;
  readonly changedAt?: number | null;
  readonly rate?: number | null;
  readonly lowStock?: number | null;
}

function put(source: Source, productId: string, fields: Fields = {}): void {
  const { available = 1, changedAt = null, rate = null, lowStock = null, ...row } = fields;
  const account = { accountId: source === 'ozon' ? 1 : 2, source, account: 'a', historySince: 0 };
  shelf.put(account, {
    row: {
      ...{ productId, offerId: null, name: null, sku: null, size: null, barcodes: [] },
      ...{ archived: false, firstSeenAt: 0 },
      ...row,
    },
    sums: {
      ...{ present: available, reserved: 0, available, inWayToClient: 0, inWayFromClient: 0 },
      ...{ schemes: {}, changedAt },
    },
    ...{ since: 0, feeds: feeds.of(account.accountId, []), reservedIn: [], rate, lowStock },
  });
}

const found = (query: BoardQuery) => finder.find(query, version).map(({ productId }) => productId);

beforeEach(() => {
  shelf = new Shelf();
  version += 1;
  const clock = new ZoneClock('Europe/Moscow');
  finder = new Finder(shelf, { lowStock: { ozon: 3, wildberries: 0 }, clock, now: () => NOW });
});

describe('search', () => {
  it('finds parts of article, name, barcode, SKU and id, whatever their case', () => {
    put('ozon', '101', { offerId: 'TEA-Green', name: 'Чай зелёный' });
    put('ozon', '102', { offerId: 'TEA-Black', name: 'Чай чёрный', barcodes: ['4601', '4602'] });
    put('wildberries', '103', { offerId: null, name: null, sku: '777' });
    expect(found({ text: 'tea' })).toEqual(['102', '101']);
    expect(found({ text: 'ЗЕЛЕНЫЙ' })).toEqual(['101']);
    expect(found({ text: 'чёрн' })).toEqual(['102']);
    expect(found({ text: '4602' })).toEqual(['102']);
    expect(found({ text: '777' })).toEqual(['103']);
    expect(found({ text: '103' })).toEqual(['103']);
    expect(found({ text: '  чай   BLACK ' })).toEqual(['102']);
    expect(found({ text: 'чай 777' })).toEqual([]);
    expect(found({ text: '   ' })).toHaveLength(3);
  });

  it('takes no text for a pattern, and finds nothing across two fields', () => {
    put('ozon', '1', { offerId: 'A.B*C', name: 'D' });
    expect(found({ text: '.*' })).toEqual([]);
    expect(found({ text: 'b*c' })).toEqual(['1']);
    expect(found({ text: 'cd' })).toEqual([]);
    expect(found({ text: 'x'.repeat(100_000) })).toEqual([]);
  });
});

describe('filters', () => {
  it('all hold at once', () => {
    put('ozon', '1', { available: 0 });
    put('ozon', '2', { available: 3 });
    put('ozon', '3', { available: 4 });
    put('ozon', '4', { available: 9, lowStock: 9, archived: true });
    put('ozon', '5', { available: 2, lowStock: 0 });
    put('wildberries', '6', { available: 1 });
    put('wildberries', '7', { available: 1, lowStock: 1 });
    expect(found({ filters: ['out'] })).toEqual(['1']);
    expect(found({ filters: ['low'] })).toEqual(['2', '4', '7']);
    expect(found({ filters: ['low', 'archived'] })).toEqual(['4']);
    expect(found({ filters: ['low'], source: 'wildberries' })).toEqual(['7']);
    expect(found({ filters: ['held'] })).toEqual([]);
  });

  it('today began at midnight where people live', () => {
    put('ozon', '1', { changedAt: Date.parse('2026-11-22T20:59:59Z') });
    put('ozon', '2', { changedAt: Date.parse('2026-11-22T21:00:00Z') });
    expect(found({ filters: ['changed'] })).toEqual(['2']);
  });
});

describe('sorting', () => {
  it('by article, what has none at the end, either way', () => {
    put('ozon', '1', { offerId: 'b' });
    put('ozon', '2', { offerId: null, name: 'a' });
    put('ozon', '3', { offerId: 'A' });
    put('ozon', '4', { offerId: 'a-1' });
    expect(found({})).toEqual(['3', '4', '1', '2']);
    expect(found({ descending: true })).toEqual(['1', '4', '3', '2']);
    expect(found({ sort: 'name' })).toEqual(['2', '3', '4', '1']);
  });

  it('by figures, unknown days at the end, either way', () => {
    put('ozon', '1', { available: 10, rate: 1 });
    put('ozon', '2', { available: 10, rate: null });
    put('ozon', '3', { available: 10, rate: 5 });
    put('ozon', '4', { available: 0, rate: 5 });
    put('ozon', '5', { available: 7, rate: 0 });
    expect(found({ sort: 'days' })).toEqual(['4', '3', '1', '2', '5']);
    expect(found({ sort: 'days', descending: true })).toEqual(['1', '3', '4', '2', '5']);
    expect(found({ sort: 'available' })).toEqual(['4', '5', '1', '2', '3']);
  });

  it('follows what changes, comes and goes', () => {
    for (let id = 0; id < 50; id += 1)
      put('ozon', String(100 + id), { available: id, offerId: `X${id % 7}` });
    found({ sort: 'available' });
    found({});
    put('ozon', '100', { available: 999, offerId: 'X0' });
    put('ozon', '200', { available: -1, offerId: 'X' });
    shelf.drop(1, '149');
    version += 1;
    const byPieces = found({ sort: 'available' });
    expect([byPieces[0], byPieces.at(-1), byPieces.length]).toEqual(['200', '100', 50]);
    expect(byPieces).not.toContain('149');
    expect(found({})[0]).toBe('200');
    expect(new Set(found({})).size).toBe(50);
  });

  it('answers the same list while nothing has changed', () => {
    put('ozon', '1');
    expect(finder.find({ text: '1' }, version)).toBe(finder.find({ text: '1' }, version));
    expect(finder.find({ text: '1' }, version + 1)).not.toBe(finder.find({ text: '1' }, version));
  });
});

it('puts the products of an article together', () => {
  put('ozon', '1', { offerId: 'both' });
  put('wildberries', '2', { offerId: 'both' });
  put('wildberries', '3', { offerId: 'Both' });
  put('ozon', '4', { offerId: '' });
  const articles = [...finder.byArticle()].map(([article, all]) => [article, all.length]);
  expect(articles).toEqual([
    ['both', 2],
    ['Both', 1],
  ]);
  put('ozon', '5', { offerId: 'both' });
  expect(finder.byArticle().get('both')).toHaveLength(3);
});
