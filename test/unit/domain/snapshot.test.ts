import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AnnouncedTotals,
  completenessGaps,
  type ReceivedPages,
  type SnapshotScope,
  scopeCovers,
} from '../../../src/domain/snapshot.js';
import { SCHEMES, type Scheme } from '../../../src/domain/stock-key.js';

type Pages = readonly (readonly [page: number, chunks: number, ...received: number[]])[];

const received = (pages: Pages, over: Partial<ReceivedPages> = {}): ReceivedPages => ({
  pages: new Map(pages.map(([page, chunks, ...numbers]) => [page, { chunks, received: new Set(numbers) }])),
  rows: 7,
  products: 5,
  invalid: 0,
  truncated: false,
  ...over,
});
const announced = (pages: number, over: Partial<AnnouncedTotals> = {}): AnnouncedTotals => ({
  pages,
  rows: 7,
  ...over,
});
const WHOLE: Pages = [
  [1, 1, 1],
  [2, 3, 3, 1, 2],
];

describe('completenessGaps', () => {
  test('none where everything is here', () => {
    expect(completenessGaps(received(WHOLE), announced(2))).toEqual([]);
    expect(completenessGaps(received([], { rows: 0, products: 0 }), announced(0, { rows: 0 }))).toEqual([]);
  });

  test.each<[string, Pages, number, string]>([
    ['a page is missing', [[1, 1, 1]], 2, 'page(s) 2 of 2 missing or incomplete'],
    ['the first page is missing', [[2, 1, 1]], 2, 'page(s) 1 of 2 missing or incomplete'],
    ['no page came', [], 1, 'page(s) 1 of 1 missing or incomplete'],
    ['a chunk is missing', [[1, 2, 2]], 1, 'page(s) 1 of 1 missing or incomplete'],
    ['the last chunk is missing', [[1, 2, 1]], 1, 'page(s) 1 of 1 missing or incomplete'],
    ['many pages are missing', [[4, 1, 1]], 9, 'page(s) 1, 2, 3, 5, 6 and 3 more of 9 missing or incomplete'],
  ])('%s', (_name, pages, count, gap) => {
    expect(completenessGaps(received(pages), announced(count))).toEqual([gap]);
  });

  test('a page too many', () => {
    expect(completenessGaps(received(WHOLE), announced(1))).toEqual(['2 pages received, 1 announced']);
    const shifted = completenessGaps(
      received([
        [1, 1, 1],
        [3, 1, 1],
      ]),
      announced(2),
    );
    expect(shifted).toEqual(['page(s) 2 of 2 missing or incomplete']);
  });

  test('row counts, both ways', () => {
    expect(completenessGaps(received(WHOLE, { rows: 6 }), announced(2))).toEqual([
      '6 rows received, 7 announced',
    ]);
    expect(completenessGaps(received(WHOLE, { rows: 8 }), announced(2))).toEqual([
      '8 rows received, 7 announced',
    ]);
  });

  test('distinct products within what the marketplace named, its ends included', () => {
    const named = (least: number, greatest: number) =>
      completenessGaps(received(WHOLE), announced(2, { products: { least, greatest } }));
    expect(named(5, 5)).toEqual([]);
    expect(named(4, 5)).toEqual([]);
    expect(named(5, 6)).toEqual([]);
    expect(named(6, 6)).toEqual(['5 distinct products received, the marketplace named 6']);
    expect(named(6, 8)).toEqual(['5 distinct products received, the marketplace named 6 to 8']);
    expect(named(3, 4)).toEqual(['5 distinct products received, the marketplace named 3 to 4']);
  });

  test('what could not be read, and what is no longer in the log', () => {
    expect(completenessGaps(received(WHOLE, { invalid: 2 }), announced(2))).toEqual([
      '2 row(s) could not be read',
    ]);
    expect(completenessGaps(received(WHOLE, { truncated: true }), announced(2))).toEqual([
      'the beginning of the snapshot is no longer in the log',
    ]);
  });

  test('every gap is named, not the first alone', () => {
    const all = completenessGaps(
      received([[1, 2, 1]], { rows: 1, products: 1, invalid: 1, truncated: true }),
      announced(2, { products: { least: 2, greatest: 2 } }),
    );
    expect(all).toHaveLength(5);
  });

  test('is empty for a walk received whole, in whatever order, and for no part of it', () => {
    const walk = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(walk, fc.infiniteStream(fc.nat()), fc.nat(), (chunksOfPages, dice, lost) => {
        const chunks = chunksOfPages
          .flatMap((of, page) =>
            Array.from({ length: of }, (_, chunk) => ({ page: page + 1, chunk: chunk + 1, of })),
          )
          .map((one) => ({ ...one, by: dice.next().value }))
          .sort((a, b) => a.by - b.by);
        const gather = (some: typeof chunks) => {
          const pages = new Map<number, { chunks: number; received: Set<number> }>();
          for (const { page, chunk, of } of some) {
            const entry = pages.get(page) ?? { chunks: of, received: new Set<number>() };
            pages.set(page, entry);
            entry.received.add(chunk);
          }
          return received([], { pages });
        };
        const totals = announced(chunksOfPages.length);
        expect(completenessGaps(gather(chunks), totals)).toEqual([]);
        const without = chunks.filter((_, index) => index !== lost % chunks.length);
        expect(completenessGaps(gather(without), totals)).toHaveLength(1);
      }),
    );
  });
});

describe('scopeCovers', () => {
  const at = (warehouseId: string, scheme: Scheme = 'fbs') => ({ productId: '1', scheme, warehouseId });

  test.each<[SnapshotScope, string, boolean]>([
    [{ schemes: ['fbs'] }, '507', true],
    [{ schemes: ['fbs'] }, '', true],
    [{ schemes: ['fbo'] }, '507', false],
    [{ schemes: [] }, '507', false],
    [{ schemes: ['fbs'], places: { fbs: 'total' } }, '', true],
    [{ schemes: ['fbs'], places: { fbs: 'total' } }, '507', false],
    [{ schemes: ['fbs'], places: { fbs: 'warehouses' } }, '507', true],
    [{ schemes: ['fbs'], places: { fbs: 'warehouses' } }, '-999999', true],
    [{ schemes: ['fbs'], places: { fbs: 'warehouses' } }, '', false],
    [{ schemes: ['fbs'], places: { fbs: ['507', '12'] } }, '507', true],
    [{ schemes: ['fbs'], places: { fbs: ['50', '5070', ''] } }, '507', false],
    [{ schemes: ['fbs'], places: { fbs: [''] } }, '', true],
    [{ schemes: ['fbs'], places: { fbs: [] } }, '507', false],
    [{ schemes: ['fbs'], places: { fbs: [] } }, '', false],
    [{ schemes: ['fbo'], places: { fbs: ['507'] } }, '507', false],
    [{ schemes: ['fbs', 'fbo'], places: { fbo: 'total' } }, '507', true],
    [{ schemes: ['fbs'], byIds: true, partial: true }, '507', true],
  ])('%j, warehouse %j: %s', (scope, warehouseId, covers) => {
    expect(scopeCovers(scope, at(warehouseId))).toBe(covers);
  });

  const warehouse = fc.constantFrom('', '1', '507', '-999999');
  const places = fc.oneof(
    fc.constant('total' as const),
    fc.constant('warehouses' as const),
    fc.array(warehouse),
  );
  const scope: fc.Arbitrary<SnapshotScope> = fc.record({
    schemes: fc.subarray([...SCHEMES]),
    places: fc.dictionary(fc.constantFrom(...SCHEMES), places),
  });

  test('nothing of a scheme that it did not set out to read, whatever the places say', () => {
    fc.assert(
      fc.property(scope, warehouse, fc.constantFrom(...SCHEMES), (some, where, scheme) => {
        const schemes = some.schemes.filter((one) => one !== scheme);
        expect(scopeCovers({ ...some, schemes }, at(where, scheme))).toBe(false);
      }),
    );
  });

  test('a scheme’s total and its warehouses exclude each other, and together are all there is', () => {
    fc.assert(
      fc.property(warehouse, fc.constantFrom(...SCHEMES), (where, scheme) => {
        const covers = (kind: 'total' | 'warehouses') =>
          scopeCovers({ schemes: [scheme], places: { [scheme]: kind } }, at(where, scheme));
        expect(covers('total')).not.toBe(covers('warehouses'));
        expect(scopeCovers({ schemes: [scheme] }, at(where, scheme))).toBe(true);
      }),
    );
  });

  test('a listed warehouse is covered, one taken from the list is not, and other schemes do not matter', () => {
    fc.assert(
      fc.property(scope, fc.array(warehouse), warehouse, (some, list, where) => {
        const schemes = [...new Set([...some.schemes, 'fbs' as const])];
        const covers = (fbs: readonly string[]) =>
          scopeCovers({ ...some, schemes, places: { ...some.places, fbs } }, at(where));
        expect(covers([...list, where])).toBe(true);
        expect(covers(list.filter((one) => one !== where))).toBe(false);
      }),
    );
  });
});
