import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorWords, quoting } from '../../../../src/marketplaces/http/words.js';

describe('quoting', () => {
  it('masks secrets and their segments', () => {
    const token = `eyJhbGciOiJFUzI1NiJ9.eyJzaWQiOiJhYmNkZWYifQ.c2lnbmF0dXJlLWxvbmctZW5vdWdo`;
    const quote = quoting([token]);
    expect(quote(`bad token ${token}!`)).toBe('bad token ***!');
    expect(quote('bad signature c2lnbmF0dXJlLWxvbmctZW5vdWdo')).toBe('bad signature ***');
  });

  it('masks secrets that come back encoded for addresses or in base64, whatever stands before them', () => {
    const key = 'key/with+signs=0a1b2c3d4e5f';
    const quote = quoting([key]);
    expect(quote(`bad ${encodeURIComponent(key)}!`)).toBe('bad ***!');
    for (const before of ['', 'u', 'u:', 'u1:']) {
      const text = Buffer.from(before + key).toString('base64');
      expect(quote(text)).toContain('***');
      expect(quote(text).replaceAll('*', '').length).toBeLessThanOrEqual(8);
    }
  });

  it('leaves no control or direction characters and is never longer than asked', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 500 }),
        fc.integer({ min: 1, max: 300 }),
        (text, longest) => {
          const quoted = quoting([])(text, longest);
          expect(quoted.length).toBeLessThanOrEqual(longest);
          expect(quoted).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
        },
      ),
    );
    expect(quoting([])('a\r\n\u001b[31mred\u202eevil')).toBe('a [31mred evil');
    expect(quoting([])('x'.repeat(400))).toHaveLength(300);
  });
});

describe('errorWords reads', () => {
  it.each([
    ['Ozon', '{"code":5,"message":"Invalid Api-Key","details":[]}', { words: 'Invalid Api-Key', code: '5' }],
    [
      'old Ozon',
      '{"error":{"code":"ACCESS_DENIED","message":"No","data":[]}}',
      { words: 'No', code: 'ACCESS_DENIED' },
    ],
    [
      'problem+json',
      '{"title":"unauthorized","detail":"token expired","code":"c","requestId":"r","origin":"o"}',
      { words: 'unauthorized: token expired', code: 'c', requestId: 'r', origin: 'o' },
    ],
    ['content', '{"data":null,"error":true,"errorText":"Wrong"}', { words: 'Wrong' }],
    [
      'a list of errors',
      '{"errors":["dateFrom: field required","x"]}',
      { words: 'dateFrom: field required: x' },
    ],
    [
      'one error text',
      '{"errors":"dateFrom: Value not validated"}',
      { words: 'dateFrom: Value not validated' },
    ],
    ['an array', '[{"code":"NotFound","message":"gone"}]', { words: 'gone', code: 'NotFound' }],
    [
      'an HTML page',
      '<html><head><title>502 Bad Gateway</title></head><body>x</body></html>',
      { words: '502 Bad Gateway' },
    ],
    ['plain text', 'upstream timed out', { words: 'upstream timed out' }],
    ['nothing', '', { words: '' }],
    ['null', 'null', { words: '' }],
    ['an empty array', '[]', { words: '' }],
  ])('%s', (_name, text, expected) => {
    expect(errorWords(text)).toMatchObject(expected);
  });

  it('anything at all without throwing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => typeof errorWords(text).words === 'string'),
    );
  });
});
