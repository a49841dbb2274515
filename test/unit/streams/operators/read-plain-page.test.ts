import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EVENT_TYPES } from '../../../../src/events/envelope.js';
import { rawEventReader, typeOfRaw } from '../../../../src/events/raw-snapshot.js';
import { normaliserOf } from '../../../../src/marketplaces/normalisers.js';
import type { LogRecord } from '../../../../src/ports/log-records.js';
import { decodeRecord } from '../../../../src/streams/operators/decode-json-event.js';
import { normaliseDecoded, type ReadyRecord } from '../../../../src/streams/operators/normalise-page.js';
import { readPlainPage } from '../../../../src/streams/operators/read-plain-page.js';

const WB = 'wildberries:a:wb-warehouses';

function recordOf(value: Buffer, key = WB, type: string = EVENT_TYPES.pageChunk): LogRecord {
  const headers = type === '' ? {} : { ce_type: type };
  return { topic: 't', partition: 0, offset: 1, timestamp: 0, key, value, headers };
}

function theLongWay(record: LogRecord): ReadyRecord {
  return normaliseDecoded(decodeRecord(rawEventReader, record, typeOfRaw), normaliserOf);
}

/** All that anybody reads of it: a page's rows themselves have been put into the system's own terms. */
function toldBy(ready: ReadyRecord): unknown {
  if (!ready.ok || ready.event.type !== 'page-chunk') return ready;
  return { ...ready, event: { ...ready.event, rows: ready.event.rows.length } };
}

/** The second once in twenty times. */
function mostly<T, U>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<U>): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: 19, arbitrary: usual }, { weight: 1, arbitrary: odd });
}

function pageOf(rows: readonly string[], rest: Readonly<Record<string, unknown>> = {}): Buffer {
  const head = JSON.stringify({
    ...{ type: 'page-chunk', feed: WB, snapshotId: 's1', fetchedAt: '2026-11-22T10:00:00.000Z' },
    ...{ page: 1, chunk: 1, chunks: 1, ...rest },
  });
  return Buffer.from(`${head.slice(0, -1)},"rows":[${rows.join(',')}]}`);
}

const figure = mostly(
  fc.integer({ min: 1, max: 99 }).map(String),
  fc.constantFrom('0', '-1', '1.5', 'null', '"7"', '"ё"', '"\\u0451"', '9007199254740993', '1e2'),
);
const text = fc.oneof(
  fc.constantFrom('"Коледино"', '""', '"\\u0451 \\n\\""', '"ÐÑ\u0085"', '"🧺"', '"9007199254740993"'),
  fc.string({ unit: 'binary', maxLength: 8 }).map((one) => JSON.stringify(one)),
);
const row = fc
  .record({ chrtId: figure, warehouseId: figure, quantity: figure, inWayToClient: figure, name: text })
  .map((fields) => `{${Object.entries(fields).map(([name, value]) => `"${name}":${value}`)}}`);
const KEYS = ['wildberries:ё:wb-warehouses', 'wildberries:Ñ\u0091:wb-warehouses'];
const key = mostly(fc.constant(WB), fc.constantFrom(...KEYS));
const rest = fc
  .record({
    feed: key,
    snapshotId: mostly(fc.constant('s1'), fc.constant('ё')),
    chunks: mostly(fc.constant(1), fc.constant(0)),
    query: fc.constantFrom(
      ...[undefined, undefined, { warehouseId: '507' }, { warehouseId: 'ё' }, { productIds: ['1', 'ё'] }],
      { endpoint: 'fbs-stocks', warehouseId: '507' },
    ),
  })
  .map(({ query, ...others }) => (query === undefined ? others : { ...others, query }));
/** Bytes put in the place of others, or before all. */
const damage = fc.oneof(
  { weight: 6, arbitrary: fc.constant((page: Buffer) => page) },
  fc.constant((page: Buffer) => Buffer.concat([Buffer.from('\ufeff'), page])),
  fc.tuple(fc.nat(), fc.nat(255)).map(([at, byte]) => (page: Buffer) => {
    const damaged = Buffer.from(page);
    damaged[at % damaged.length] = byte;
    return damaged;
  }),
);

test('the short way to a page says what the long one says, or nothing', () => {
  let short = 0;
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 5 }),
      rest,
      damage,
      mostly(fc.constant(null), key),
      mostly(fc.constant<string>(EVENT_TYPES.pageChunk), fc.constantFrom(EVENT_TYPES.snapshotStarted, '')),
      (rows, more, damaged, other, type) => {
        const record = recordOf(damaged(pageOf(rows, more)), other ?? more.feed, type);
        const plain = readPlainPage(record, normaliserOf);
        if (plain === null) return;
        short += 1;
        expect(toldBy(plain)).toEqual(toldBy(theLongWay(record)));
      },
    ),
    { numRuns: 5_000 },
  );
  expect(short).toBeGreaterThan(500);
});

test('is taken where names are Cyrillic, and not where a text is read', () => {
  const rows = ['{"chrtId":1,"warehouseId":507,"warehouseName":"Коледино","quantity":3}'];
  expect(readPlainPage(recordOf(pageOf(rows)), normaliserOf)).toMatchObject({
    ok: true,
    page: { items: [{ productId: '1', rows: [{ warehouseId: '507', level: { available: 3 } }] }] },
  });
  const key = 'ozon:1:product-stocks';
  const item = '{"product_id":1,"offer_id":"ё","stocks":[]}';
  const record = recordOf(pageOf([item], { feed: key }), key);
  expect(theLongWay(record)).toMatchObject({ ok: true, page: { items: [{ offerId: 'ё' }] } });
  expect(readPlainPage(record, normaliserOf)).toBeNull();
});

test('bytes that are no UTF-8 are left to the long way, which refuses them', () => {
  const page = pageOf(['{"chrtId":1,"warehouseId":507,"warehouseName":"ё","quantity":3}']);
  page[page.indexOf('ё')] = 0xff;
  expect(readPlainPage(recordOf(page), normaliserOf)).toBeNull();
  expect(theLongWay(recordOf(page))).toMatchObject({ ok: false });
});

test('a key that looks like the bytes of another one is not taken for it', () => {
  const record = recordOf(
    pageOf([], { feed: 'wildberries:ё:wb-warehouses' }),
    'wildberries:Ñ\u0091:wb-warehouses',
  );
  expect(readPlainPage(record, normaliserOf)).toBeNull();
});
