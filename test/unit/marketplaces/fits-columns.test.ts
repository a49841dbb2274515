import fc from 'fast-check';
import { lastValueFrom, of } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { parseExactJson } from '../../../src/domain/json.js';
import { SCHEMES } from '../../../src/domain/stock-key.js';
import type { PageChunk } from '../../../src/events/raw-snapshot.js';
import { normaliserOf } from '../../../src/marketplaces/normalisers.js';
import type { LogRecord } from '../../../src/ports/log-records.js';
import { normalisePage } from '../../../src/streams/operators/normalise-page.js';

/** Figures and texts at and beyond the edges of what the columns hold, as JSON spells them. */
const odd = fc.constantFrom(
  ...['0', '-1', '1', '1.5', '1e3', '1e400', '-0', 'null', 'true', '""', '"7"', '[]', '{}'],
  ...['2147483647', '2147483648', '10000000000', '10000000001'],
  ...['9007199254740991', '9007199254740992', '9007199254740993', '9223372036854775807'],
  ...['9223372036854775808', '-9223372036854775808', '-9223372036854775809', '18446744073709551616'],
  ...['123456789012345678901234567890', '"9223372036854775807"', '"007"', '"1 OR 1=1"'],
);
const figure = fc.oneof(
  { weight: 1, arbitrary: odd },
  { weight: 3, arbitrary: fc.constantFrom('1', '2', '7') },
);
const text = fc.oneof(
  fc.constantFrom('', ' ', 'АРТ-1', '🧺'.repeat(2000), 'x'.repeat(70_000), 'a\ud800', '\u0000', "';--"),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const word = text.map((one) => JSON.stringify(one));
const anything = fc.oneof(figure, { weight: 6, arbitrary: word });
const many = (one: fc.Arbitrary<string>) =>
  fc.oneof(
    fc.array(one, { maxLength: 4 }).map((list) => `[${list.join(',')}]`),
    fc.constant('null'),
  );
const barcodes = fc.oneof(
  many(word),
  fc.constant(JSON.stringify(Array.from({ length: 900 }, (_, index) => `${'я'.repeat(300)}${index}`))),
);

/** An object with each of the fields, or without it. */
function object(fields: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> {
  const parts = Object.entries(fields).map(([name, value]) =>
    fc
      .option(value, { freq: 12, nil: undefined })
      .map((one) => (one === undefined ? [] : [`"${name}":${one}`])),
  );
  return fc.tuple(...parts).map((found) => `{${found.flat().join(',')}}`);
}

const scheme = fc.constantFrom(...SCHEMES.map((name) => `"${name}"`), '"fbx"');
const stocks = many(object({ type: scheme, present: figure, reserved: figure, sku: figure }));
const ozonPlace = object({
  ...{ product_id: figure, sku: figure, offer_id: anything, warehouse_id: figure },
  ...{ present: figure, reserved: figure, free_stock: figure, available_stock_count: figure },
});
const ozonPlaces = fc.oneof(ozonPlace, many(ozonPlace));
const wbRow = object({
  ...{ chrtId: figure, warehouseId: figure, quantity: figure, amount: figure },
  ...{ inWayToClient: figure, inWayFromClient: figure },
});
const size = object({ chrtID: figure, techSize: anything, wbSize: anything, skus: barcodes });

/** By endpoint: its feed's source, and rows of it. */
const KINDS: Readonly<Record<string, readonly ['ozon' | 'wildberries', fc.Arbitrary<string>]>> = {
  'product-stocks': ['ozon', object({ product_id: figure, offer_id: anything, stocks })],
  'warehouse-stocks': ['ozon', ozonPlaces],
  'fbo-stocks': ['ozon', ozonPlaces],
  'analytics-stocks': ['ozon', ozonPlaces],
  'product-list': [
    'ozon',
    object({ product_id: figure, offer_id: anything, sku: figure, archived: anything }),
  ],
  'product-info': ['ozon', object({ id: figure, offer_id: anything, name: anything, sku: figure, barcodes })],
  'wb-warehouses': ['wildberries', wbRow],
  'fbs-stocks': ['wildberries', wbRow],
  cards: ['wildberries', object({ nmID: figure, vendorCode: anything, title: anything, sizes: many(size) })],
};
const ids = ['1', '2', '7', '9223372036854775807', '9007199254740993', '2147483648'];
const QUERY = { scheme: 'fbs', warehouseId: '1', productIds: ids, skus: ids } as const;

const isInt64 = (id: string) =>
  /^-?\d{1,19}$/.test(id) && BigInt(id) >= -(2n ** 63n) && BigInt(id) < 2n ** 63n;
const characters = (one: string) => [...one].length;

/** The columns of migrations/: BIGINT ids and figures, VARCHARs counted in characters, TEXT in bytes. */
function expectFits(page: Awaited<ReturnType<typeof pageOf>>): void {
  for (const { productId, offerId, rows } of page.items) {
    expect(isInt64(productId), productId).toBe(true);
    if (offerId !== undefined) expectText(offerId, 512);
    for (const { scheme: kind, warehouseId, level } of rows) {
      expect(SCHEMES).toContain(kind);
      expect(warehouseId === '' || isInt64(warehouseId), warehouseId).toBe(true);
      expect(warehouseId.length).toBeLessThanOrEqual(24);
      for (const pieces of Object.values(level)) {
        expect(Number.isSafeInteger(pieces) && pieces >= 0, String(pieces)).toBe(true);
        // A feed of this many rows at the most each still has a sum that a double holds exactly.
        expect(pieces * 900_000).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
      }
    }
  }
  for (const { productId, offerId, name, sku, cardId, size: worn, barcodes: codes } of page.products) {
    for (const id of [productId, sku, cardId]) if (id !== undefined) expect(isInt64(id), id).toBe(true);
    if (offerId !== undefined) expectText(offerId, 512);
    if (name !== undefined) expectText(name, 1024);
    if (worn !== undefined) expectText(worn, 64);
    for (const code of codes ?? []) expectText(code, 1024);
  }
}

/** What is stored must be what is published: UTF-8 knows no half characters. */
function expectText(one: string, longest: number): void {
  expect(characters(one)).toBeLessThanOrEqual(longest);
  expect(Buffer.from(one).toString()).toBe(one);
}

async function pageOf(source: string, endpoint: string, rows: string) {
  const feed = `${source}:1:${endpoint}`;
  const record: LogRecord = {
    ...{ topic: 't', partition: 0, offset: 0, timestamp: 0, key: feed, value: null, headers: {} },
  };
  const head = { type: 'page-chunk', feed, snapshotId: 's', fetchedAt: '', page: 1, chunk: 1, chunks: 1 };
  const event = { ...head, query: QUERY, rows: parseExactJson(rows) } as unknown as PageChunk;
  const outcome = await lastValueFrom(
    of({ ok: true as const, record, event }).pipe(normalisePage(normaliserOf)),
  );
  if (!outcome.ok || outcome.page === null) throw new Error(`no page: ${JSON.stringify(outcome)}`);
  return outcome.page;
}

describe('rows that are accepted fit the tables', () => {
  test.each(Object.entries(KINDS))('%s', async (endpoint, [source, row]) => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(row, async (one) => {
        const page = await pageOf(source, endpoint, `[${one}]`);
        accepted += page.items.length + page.products.length;
        expectFits(page);
      }),
      { numRuns: 1_000 },
    );
    // Else nothing was proved.
    expect(accepted).toBeGreaterThan(20);
  });
});
