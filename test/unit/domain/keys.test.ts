import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Feed, formatFeed, parseFeed } from '../../../src/domain/feed.js';
import { formatStockKey, isScheme, SCHEMES, SOURCES } from '../../../src/domain/stock-key.js';

const account = fc.stringMatching(/^[\w-]{1,64}$/);
const endpoint = fc.stringMatching(/^[a-z][a-z\d-]{0,40}$/);
const warehouse = fc.oneof(
  fc.constant(undefined),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
);
const feed: fc.Arbitrary<Feed> = fc.record({
  source: fc.constantFrom(...SOURCES),
  account,
  endpoint,
  warehouse,
});

describe('feed ids', () => {
  test('are read as they were written', () => {
    fc.assert(
      fc.property(feed, (one) => {
        expect(parseFeed(formatFeed(one))).toEqual(one);
        expect(formatFeed(one).length).toBeLessThanOrEqual(190);
      }),
    );
  });

  test('differ where feeds differ', () => {
    fc.assert(
      fc.property(feed, feed, (a, b) => {
        const parts = ({ source, ...rest }: Feed) => [source, rest.account, rest.endpoint, rest.warehouse];
        expect(formatFeed(a) === formatFeed(b)).toBe(
          parts(a).every((part, index) => part === parts(b)[index]),
        );
      }),
    );
  });

  test('spelt out', () => {
    expect(formatFeed({ source: 'ozon', account: '100500', endpoint: 'product-stocks' })).toBe(
      'ozon:100500:product-stocks',
    );
    expect(parseFeed('wildberries:a1-b2:fbs:1234')).toEqual({
      source: 'wildberries',
      account: 'a1-b2',
      endpoint: 'fbs',
      warehouse: '1234',
    });
  });

  // The key of a raw record is the first thing that is read of it. What passes here goes to tables whose columns
  // are ASCII and bounded: anything else would stop the worker there, at the same record, every time.
  test.each([
    '',
    ':',
    'ozon',
    'ozon:1',
    'ozon::x',
    'ozon:1:',
    'amazon:1:stocks',
    'Ozon:1:stocks',
    ' ozon:1:stocks',
    'ozon:1:stocks:',
    'ozon:1:stocks:5:6',
    'ozon:тест:product-stocks',
    'ozon:1:остатки',
    'ozon:1:stocks:склад',
    'ozon:1 2:stocks',
    'ozon:1\n:stocks',
    `ozon:${'1'.repeat(65)}:stocks`,
    `ozon:1:${'x'.repeat(65)}`,
    `ozon:1:stocks:${'1'.repeat(65)}`,
    'ozon:\ufffd:stocks',
  ])('%j is none', (id) => {
    expect(parseFeed(id)).toBeNull();
  });
});

describe('stock keys', () => {
  const key = fc.record({
    source: fc.constantFrom(...SOURCES),
    account,
    productId: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String),
    scheme: fc.constantFrom(...SCHEMES),
    warehouseId: fc.oneof(fc.constant(''), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
  });

  test('can be taken apart again', () => {
    fc.assert(
      fc.property(key, (one) => {
        const [source, accountOf, productId, scheme, warehouseId] = formatStockKey(one).split(':');
        expect({ source, account: accountOf, productId, scheme, warehouseId }).toEqual(one);
      }),
    );
  });

  test('schemes', () => {
    expect(SCHEMES.filter(isScheme)).toEqual([...SCHEMES]);
    for (const none of ['FBO', 'fbo ', '', null, undefined, 1, ['fbo']]) expect(isScheme(none)).toBe(false);
  });
});
