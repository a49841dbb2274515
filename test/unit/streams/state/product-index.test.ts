import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProductIndex } from '../../../../src/streams/state/product-index.js';

/** Ids that collide where spellings, halves of 64 bits or roundings are mixed up. */
const awkward = fc.constantFrom(
  ...['0', '1', '-1', '01', '4294967295', '4294967296', '4294967297', '8589934593', '999999999999999'],
  ...['9007199254740991', '9007199254740992', '9007199254740993', '9223372036854775807', '-9007199254740993'],
);
const id = fc.oneof(
  awkward,
  fc.nat(40).map(String),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String),
  fc.maxSafeNat().map(String),
);

describe('products by number', () => {
  test('are numbered as they come, found again, and spelled as they were', () => {
    fc.assert(
      fc.property(fc.array(id, { maxLength: 200 }), fc.array(id), (ids, others) => {
        const index = new ProductIndex(0);
        const model = new Map<string, number>();
        for (const one of ids) {
          if (!model.has(one)) model.set(one, model.size);
          expect(index.add(one)).toBe(model.get(one));
        }
        expect(index.size).toBe(model.size);
        for (const one of [...others, ...ids]) expect(index.find(one)).toBe(model.get(one) ?? -1);
        for (const [one, number] of model) expect(index.idOf(number)).toBe(one);
      }),
    );
  });

  test('are found by the numbers of another index', () => {
    fc.assert(
      fc.property(fc.array(id), fc.array(id), (ids, others) => {
        const [one, other] = [new ProductIndex(0), new ProductIndex(2)];
        for (const of of ids) one.add(of);
        for (const of of others) {
          const known = one.find(of);
          expect(one.findLike(other, other.add(of))).toBe(known);
        }
        for (const of of others) expect(one.idOf(one.addLike(other, other.add(of)))).toBe(of);
      }),
    );
  });

  test('keep the words of their owner apart, however many they become', () => {
    const index = new ProductIndex(2);
    const count = 50_000;
    for (let at = 0; at < count; at += 1) {
      const product = index.add(String(at * 7));
      expect([index.get(product, 0), index.get(product, 1)]).toEqual([0, 0]);
      index.set(product, 0, at);
      index.set(product, 1, 0xffff_ffff - at);
    }
    for (let at = count - 1; at >= 0; at -= 1) {
      const product = index.find(String(at * 7));
      expect([product, index.get(product, 0), index.get(product, 1)]).toEqual([at, at, 0xffff_ffff - at]);
    }
    index.clear();
    expect([index.size, index.find('7'), index.add('7'), index.get(0, 0)]).toEqual([0, -1, 0, 0]);
  });
});
