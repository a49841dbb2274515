import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cut, truncated } from '../../../src/store/text.js';

const characters = (text: string) => Array.from(text).length;

it('leaves alone what fits and cuts what does not, never through a character', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      (text, length) => {
        const result = cut(text, length);
        if (characters(text) <= length) expect(result).toBe(text);
        else {
          expect(characters(result)).toBe(length);
          expect(text.startsWith(result.slice(0, -1))).toBe(true);
          expect(result).not.toMatch(/\p{Surrogate}/u);
        }
      },
    ),
  );
});

it('truncates without a sign, and never through a character either', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      (text, length) => {
        const result = truncated(text, length);
        expect(Array.from(text).slice(0, length).join('')).toBe(result);
        expect(result).not.toMatch(/\p{Surrogate}/u);
      },
    ),
  );
});
