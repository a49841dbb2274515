import { describe, expect, test } from 'vitest';
import { feedHeld } from '../../../../src/domain/anomaly/feed-held.js';
import { applied, FEED, failed, held } from './snapshots.js';

describe('feed-held', () => {
  test('a held snapshot is critical and says what to do', () => {
    const [finding] = feedHeld(held({ confirmations: 2 }));
    expect(finding).toMatchObject({
      rule: 'feed-held',
      state: 'raised',
      severity: 'critical',
      fingerprint: `feed-held:${FEED}`,
      evidence: {
        before: 60,
        after: 20,
        reason: '40 of 50 products with stock would vanish, more than 50 %',
      },
    });
    expect(finding?.text.ru).toContain('пропали бы 40 из 50 товаров с остатком');
    expect(finding?.text.ru).toContain('inventory-sync sync --source=ozon --full-resync --accept-absences');
    expect(finding?.text.ru).toContain('(сейчас 2 из 3)');
    expect(finding?.text.en).toContain('40 of 50 products with stock would vanish');
    expect(finding?.text.en).toContain('(now 2 of 3)');
  });

  test('an empty answer is called so, and Wildberries has its own command', () => {
    const [finding] = feedHeld(
      held({ feed: 'wildberries:a:wb-warehouses', source: 'wildberries', rowsSeen: 0, rowsBefore: 1021 }),
    );
    expect(finding?.text.ru).toContain('пришёл пустой ответ, а было 1\u00a0021 строка');
    expect(finding?.text.en).toContain('the answer is empty, 1,021 rows were known');
    expect(finding?.text.en).toContain('--source=wb ');
  });

  test('a catalogue is not called stock', () => {
    for (const [feed, source] of [
      ['ozon:123:product-list', 'ozon'],
      ['wildberries:a-b:cards', 'wildberries'],
    ] as const) {
      const [finding] = feedHeld(held({ feed, source }));
      expect(finding?.text.ru).toContain(
        'каталог товаров придержан: из ответа пропали бы 40 из 50 товаров (',
      );
      expect(finding?.text.en).toContain('40 of 50 products would vanish');
      const [released] = feedHeld(applied({ feed, source }));
      for (const text of [finding?.text, released?.text]) {
        expect(text?.ru).not.toMatch(/остат/);
        expect(text?.en).not.toMatch(/stock/);
      }
    }
  });

  test('a read of only what is new resolves nothing, and neither does one that broke off', () => {
    expect(feedHeld(applied({ partial: true }))).toEqual([]);
    expect(feedHeld(failed())).toEqual([]);
    expect(feedHeld(applied({ partial: false, rescoped: 3 }))).toMatchObject([{ state: 'resolved' }]);
  });

  test('whatever snapshot of the feed is applied next resolves it, a first one too', () => {
    for (const first of [true, false]) {
      expect(feedHeld(applied({ first }))).toMatchObject([
        { state: 'resolved', fingerprint: `feed-held:${FEED}` },
      ]);
    }
  });
});
