import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutChunks } from '../../../src/producers/cut-chunks.js';

describe('cutChunks', () => {
  it('covers all rows in order and keeps both limits, and no chunk could have taken the next row', () => {
    const row = fc.string({ unit: fc.constantFrom('a', 'Ж', '😀'), maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 60 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 48, max: 90 }),
        (rows, most, bytes) => {
          const chunks = cutChunks(rows, { rows: most, bytes });
          const size = (from: number, to: number) => Buffer.byteLength(rows.slice(from, to).join(','));
          expect(chunks[0]?.from).toBe(0);
          expect(chunks.at(-1)?.to).toBe(rows.length);
          for (const [index, { from, to }] of chunks.entries()) {
            if (rows.length > 0) expect(to).toBeGreaterThan(from);
            expect(to - from).toBeLessThanOrEqual(most);
            expect(size(from, to)).toBeLessThanOrEqual(bytes);
            if (index + 1 === chunks.length) continue;
            expect(chunks[index + 1]?.from).toBe(to);
            expect(to - from === most || size(from, to + 1) > bytes).toBe(true);
          }
        },
      ),
    );
  });

  it('makes one chunk without rows of a page without rows', () => {
    expect(cutChunks([], { rows: 10, bytes: 10 })).toEqual([{ from: 0, to: 0 }]);
  });

  it('counts bytes, not characters', () => {
    expect(cutChunks(['ЖЖ', 'ЖЖ'], { rows: 10, bytes: 8 })).toHaveLength(2);
    expect(cutChunks(['ЖЖ', 'ЖЖ'], { rows: 10, bytes: 9 })).toHaveLength(1);
  });

  it('refuses a row that fits into no chunk, and says which', () => {
    expect(() => cutChunks(['a', 'ЖЖЖ'], { rows: 10, bytes: 5 })).toThrow(
      expect.objectContaining({
        code: 'API_BAD_ANSWER',
        message: expect.stringContaining('row 2 of the page has 6 bytes'),
      }) as Error,
    );
  });
});
