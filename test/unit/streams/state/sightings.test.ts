import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sightings } from '../../../../src/streams/state/sightings.js';

test('what was seen is a set of places for each product', () => {
  const seen = fc.array(fc.tuple(fc.nat(5), fc.nat(6)), { maxLength: 80 });
  fc.assert(
    fc.property(seen, (pairs) => {
      const sightings = new Sightings();
      const model = new Map<string, Set<number>>();
      for (const [id, place] of pairs) {
        const product = sightings.products.add(String(id));
        const places = model.get(String(id)) ?? new Set();
        expect(sightings.add(product, place)).toBe(!places.has(place));
        model.set(String(id), places.add(place));
      }
      for (let id = 0; id <= 6; id += 1) {
        const product = sightings.products.add(String(id));
        const places = model.get(String(id)) ?? new Set();
        expect(sightings.hasPlaces(product)).toBe(places.size > 0);
        expect(new Set(sightings.placesOf(product))).toEqual(places);
        for (let place = 0; place <= 7; place += 1)
          expect(sightings.holds(product, place)).toBe(places.has(place));
      }
    }),
  );
});

test('a product is put on the list once', () => {
  const sightings = new Sightings();
  const product = sightings.products.add('1');
  expect([sightings.list(product), sightings.list(product)]).toEqual([true, false]);
});
