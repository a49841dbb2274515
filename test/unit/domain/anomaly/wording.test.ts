import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  oneLine,
  percent,
  pieces,
  plural,
  productLabel,
  signedPercent,
} from '../../../../src/domain/anomaly/wording.js';

const GOODS = { one: 'товар', few: 'товара', many: 'товаров' };

describe('numbers', () => {
  test('Russian has three plural forms', () => {
    const said = [0, 1, 2, 4, 5, 11, 12, 14, 21, 22, 25, 101, 111, 1001].map((n) => plural('ru', n, GOODS));
    expect(said).toEqual(
      'товаров товар товара товара товаров товаров товаров товаров товар товара товаров товар товаров товар'.split(
        ' ',
      ),
    );
    expect([0, 1, 2].map((n) => pieces('en', n))).toEqual(['0 units', '1 unit', '2 units']);
  });

  test('percent has one decimal, and a true minus', () => {
    expect(percent('ru', 0.12345)).toBe('12,3\u00a0%');
    expect(signedPercent('ru', -0.42)).toBe('−42,0\u00a0%');
    expect(signedPercent('en', 1.5)).toBe('+150.0%');
  });
});

describe('product labels', () => {
  test('article and name, one of them, or the id', () => {
    expect(productLabel('ru', { productId: '1', offerId: 'A', name: 'Н' })).toBe('арт. A «Н»');
    expect(productLabel('en', { productId: '1', offerId: 'A' })).toBe('SKU A');
    expect(productLabel('ru', { productId: '1', name: 'Н' })).toBe('«Н» (id 1)');
    expect(productLabel('en', { productId: '1', offerId: ' ', name: '' })).toBe('id 1');
  });
});

describe('oneLine', () => {
  test('line breaks, control, direction and half characters do no harm', () => {
    expect(oneLine('a\r\nBcc: x\u0000\u202Eb\u2066c\u2028d')).toBe('a Bcc: x b c d');
    expect(oneLine('a\ud83db')).toBe('a\ufffdb');
  });

  test('emoji of several code points stay whole, also where a text is cut', () => {
    const family = '👩‍👩‍👧‍👦';
    expect(oneLine(family)).toBe(family);
    expect(oneLine(family.repeat(5), 3)).toBe(`${family}${family}…`);
    expect(oneLine(family.repeat(3), 3)).toBe(family.repeat(3));
  });

  test('a letter with a thousand accents does not fill the mail', () => {
    expect(oneLine(`ab${'\u0301'.repeat(1000)}c`, 10)).toBe('a…');
  });

  test('is never longer than asked for and never breaks the line, whatever comes', () => {
    const text = fc.string({ unit: 'binary', maxLength: 100 });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 60 }), (raw, max) => {
        const line = oneLine(raw, max);
        expect([...new Intl.Segmenter().segment(line)].length).toBeLessThanOrEqual(max);
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
        expect(oneLine(line, max)).toBe(line);
      }),
    );
  });
});
