import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SetDigest } from '../../../src/domain/digest.js';

function digestOf(texts: Iterable<string>): string {
  const digest = new SetDigest();
  for (const text of texts) digest.add(text);
  return digest.toString();
}

const key = fc
  .tuple(
    fc.integer({ min: 1, max: 50 }),
    fc.constantFrom('fbo', 'fbs', 'fbw'),
    fc.constantFrom('', '507', '-999999'),
  )
  .map((parts) => parts.join('|'));
const keys = fc.uniqueArray(key, { maxLength: 60 });

describe('SetDigest', () => {
  test('does not depend on the order', () => {
    fc.assert(
      fc.property(keys, fc.infiniteStream(fc.nat()), (texts, dice) => {
        const shuffled = texts.map((text) => ({ text, by: dice.next().value })).sort((a, b) => a.by - b.by);
        expect(digestOf(shuffled.map(({ text }) => text))).toBe(digestOf(texts));
      }),
    );
  });

  test('tells different sets apart', () => {
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        const same = a.length === b.length && a.every((text) => b.includes(text));
        expect(digestOf(a) === digestOf(b)).toBe(same);
      }),
    );
  });

  test('tells sets apart that differ in one key of many, or in how a key is cut', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `${index}|fbw|507`);
    const digests = [
      digestOf(many),
      digestOf(many.slice(1)),
      digestOf([...many.slice(1), '0|fbw|508']),
      digestOf([...many, '20000|fbw|507']),
      digestOf(['1|fbw|50', '7|fbw|']),
      digestOf(['1|fbw|507', '|fbw|']),
      digestOf([]),
      digestOf(['']),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });

  test('fits its column', () => {
    const text = digestOf(Array.from({ length: 5000 }, (_, index) => `${index}`));
    expect(text).toMatch(/^[\da-f]+-[\da-f]{1,8}-[\da-f]{1,8}$/);
    expect(text.length).toBeLessThanOrEqual(64);
  });
});
