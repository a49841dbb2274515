import { describe, expect, test } from 'vitest';
import { RULES } from '../../src/domain/anomaly/rules.js';
import type { Alert } from '../../src/events/alert.js';
import { applied, back, gone, held } from '../unit/domain/anomaly/snapshots.js';
import { en, ofRule, outOf, raised, render, ru, spaced, WB } from './alert-mails.js';

describe('subject', () => {
  test('says it all, the worst first', () => {
    const wb = raised(applied({ ...WB, available: { before: 1000, after: 420 } }));
    const ozon = raised(applied({ ranOut: [gone('1'), gone('2'), gone('3')] }));
    expect(spaced(render([...ozon, ...wb]).subject)).toBe(
      'Wildberries: остаток −58,0 %; Ozon: 3 товара закончились',
    );
    expect(spaced(render([...ozon, ...wb], en).subject)).toBe(
      'Wildberries: stock −58.0%; Ozon: 3 products out of stock',
    );
  });

  test.each([
    [1, 'Ozon: 1 товар закончился'],
    [2, 'Ozon: 2 товара закончились'],
    [5, 'Ozon: 5 товаров закончилось'],
    [21, 'Ozon: 21 товар закончился'],
    [1234, 'Ozon: 1 234 товара закончились'],
  ])('%i products', (count, subject) => {
    expect(spaced(render(outOf(count)).subject)).toBe(subject);
  });

  test('several of a kind are counted, kinds are joined', () => {
    const moves = [100, 50].flatMap((before) => raised(applied({ available: { before, after: 10 } })));
    const all = [...moves, ...raised(held()), ...outOf(1)];
    expect(render(all).subject).toBe(
      'Ozon: 2 резких изменения остатка, 1 снимок придержан, 1 товар закончился',
    );
  });

  test('what is back already is not told as gone, and alone it is the news', () => {
    const out = outOf(2);
    const home = ofRule('ran-out', applied({ cameBack: [back('1')] }), '2026-11-22T11:09:00.000Z');
    const message = render([...out, ...home]);
    expect(message.subject).toBe('Ozon: 1 товар закончился');
    expect(message.text).toContain('Новых событий: 1, решено: 1.');
    expect(message.text).not.toMatch(/- id 1 .*товар закончился/);
    const again = outOf(1).map((one) => ({ ...one, at: '2026-11-22T11:30:00.000Z' }));
    const flapping = render([...out, ...home, ...again]);
    expect(flapping.subject).toBe('Ozon: 2 товара закончились');
    expect(flapping.text).toContain('Новых событий: 2, решено: 0.');
    expect(flapping.text.match(/^- /gm)).toHaveLength(2);
    expect(render(home).subject).toBe('Ozon: 1 товар снова в наличии');
    expect(render(home, en).subject).toBe('Ozon: 1 product back in stock');
  });

  test('a fall that came to rest is still a fall', () => {
    const fall = raised(applied({ available: { before: 100, after: 40 } }));
    const rest = ofRule(
      'total-moved',
      applied({ available: { before: 40, after: 40 } }),
      '2026-11-22T12:05:00.000Z',
    );
    expect(spaced(render([...fall, ...rest]).subject)).toBe('Ozon: остаток −60,0 %');
  });

  test('only of how things are is an end the undoing: what was lost is told although no more is lost', () => {
    const [one] = outOf(1) as [Alert];
    const standing = RULES.map(({ name }) => name).filter((rule) => {
      const over = { ...one, rule, id: 'over', state: 'resolved', at: '2026-11-22T12:05:00.000Z' } as const;
      return render([{ ...one, rule }, over]).text.includes('Новых событий: 1, решено: 1.');
    });
    expect(standing).toEqual(['total-moved', 'products-vanished', 'unusual-jump']);
  });

  test('says three things of each marketplace, the worst and the most first, and counts the rest', () => {
    const [one] = outOf(1) as [Alert];
    const some = (rule: string, count: number, more: Partial<Alert> = {}) =>
      Array.from({ length: count }, (_, i) => ({ ...one, ...more, rule, fingerprint: `${rule}${i}` }));
    const wb = { source: 'wildberries', account: 'abc' } as const;
    const all = [
      ...some('key-expiring', 1),
      ...some('low-stock', 4),
      ...some('lag-growing', 2),
      ...some('ran-out', 9_999),
      ...some('feed-held', 1, { severity: 'critical' }),
      ...some('low-stock', 1, wb),
    ];
    expect(spaced(render(all).subject)).toBe(
      'Ozon: 1 снимок придержан, 9 999 товаров закончилось, 4 товара на исходе и ещё 3; Wildberries: 1 товар на исходе',
    );
  });

  test('has words of its own for every rule, in both languages', () => {
    const [one] = outOf(1) as [Alert];
    for (const { name: rule } of RULES) {
      for (const state of ['raised', 'resolved'] as const) {
        for (const options of [ru, en]) {
          const { subject, text } = render([{ ...one, rule, state }], options);
          expect(subject).not.toMatch(/событ|event/);
          expect(text).not.toContain(`| ${rule} |`);
        }
      }
    }
    expect(render([{ ...one, rule: 'constructor' }]).subject).toBe('Ozon: 1 событие');
  });

  test('is one line of bounded length, whatever rules there are', () => {
    const [one] = outOf(1) as [Alert];
    const many = Array.from({ length: 40 }, (_, i) => ({ ...one, rule: `rule-${i}\r\nBcc: x@y` }));
    const { subject } = render(many);
    expect(subject.length).toBeLessThanOrEqual(150);
    expect(subject).not.toMatch(/[\r\n]|Bcc/);
  });
});
