import { describe, expect, test } from 'vitest';
import { judge, newsOf, RULES } from '../../../../src/domain/anomaly/rules.js';
import { settings } from './settings.js';
import { applied, changed, failed, gone, held, incomplete, observed, product, retired } from './snapshots.js';

const usual = settings({ lowStock: { ozon: 5, wildberries: 5 } });
const DAY = 24 * 3_600_000;

/** What is open after these. */
function openAfter(...subjects: Parameters<typeof judge>[0][]): string[] {
  const open = new Set<string>();
  for (const subject of subjects) {
    for (const { state, fingerprint } of newsOf(judge(subject, usual), (one) => one, open)) {
      if (state === 'raised') open.add(fingerprint);
      else open.delete(fingerprint);
    }
  }
  return [...open].sort();
}

const feedTrouble = [
  held(),
  failed({ code: 'API_CREDENTIALS', message: 'HTTP 403' }),
  failed({ code: 'API_RETIRED', message: 'HTTP 404' }),
  failed({ code: 'API_LIMITED', at: 0, notBefore: DAY }),
  incomplete({ failures: 9 }),
  observed({ lastSyncAt: null }),
];
const productTrouble = [
  applied({ ranOut: [gone('7')] }),
  changed([
    product({ productId: '7', before: 9, after: 3 }),
    product({ productId: '8', before: 9, after: 3, reserved: { before: 0, after: 20 } }),
  ]),
];

describe('a feed that is retired', () => {
  test('is over with whatever was open about it, and about nothing else', () => {
    expect(openAfter(...feedTrouble).map((one) => one.split(':')[0])).toEqual([
      'credentials-refused',
      'feed-held',
      'long-wait',
      'method-retired',
      'snapshots-failing',
      'source-stale',
    ]);
    expect(openAfter(...feedTrouble, retired())).toEqual([]);
    const key = observed({ keyExpiresAt: 0 });
    const other = failed({ feed: 'ozon:123:product-list', code: 'API_RETIRED', message: 'HTTP 404' });
    expect(openAfter(...feedTrouble, key, other, retired())).toEqual([
      'key-expiring:ozon:123:1',
      'method-retired:ozon:123:product-list',
    ]);
  });

  test('is over with what was open about products that no feed has any more', () => {
    const open = ['low-stock:ozon:123:7', 'low-stock:ozon:123:8', 'ran-out:ozon:123:7'];
    expect(openAfter(...productTrouble)).toEqual([...open, 'reserved-above-present:ozon:123:8']);
    expect(openAfter(...productTrouble, retired({ unread: [{ productId: '8' }] }))).toEqual([
      'low-stock:ozon:123:7',
      'ran-out:ozon:123:7',
    ]);
    const all = [{ productId: '8' }, { productId: '7' }];
    expect(openAfter(...productTrouble, retired({ unread: all }))).toEqual([]);
    // The settings may cover less without a feed being retired.
    expect(openAfter(...productTrouble, applied({ rescoped: 2, unread: all }))).toEqual([]);
  });

  test('tells of the feed once, however many parts its event has', () => {
    expect(judge(retired({ part: 2 }), usual)).toEqual([]);
  });

  test('says what is over, in both languages', () => {
    const unread = [{ productId: '7', offerId: 'TEA-1' }];
    const texts = judge(retired({ unread }), usual).map(({ rule, text }) => [rule, text.ru, text.en]);
    expect(texts).toContainEqual([
      'source-stale',
      'Ozon: больше не читается (выгрузка product-stocks), поэтому снято: данные устарели',
      'Ozon: no longer read (feed product-stocks), so this is over: data is stale',
    ]);
    expect(texts).toContainEqual([
      'ran-out',
      'Ozon: остатки товара больше не читаются: арт. TEA-1, поэтому снято: товар закончился',
      "Ozon: the product's stock is no longer read: SKU TEA-1, so this is over: out of stock",
    ]);
  });

  test('no rule judges it by itself', () => {
    expect(RULES.flatMap((rule) => rule.judge(retired(), usual))).toEqual([]);
  });
});
