import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idOf, parseExactJson } from '../../../src/domain/json.js';

const MOST = BigInt(Number.MAX_SAFE_INTEGER);

/** A JSON text and what it must be read as. */
interface Spelt {
  readonly text: string;
  readonly value: unknown;
}

const whole: fc.Arbitrary<Spelt> = fc
  .oneof(
    fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }),
    fc.bigInt({ min: MOST - 5n, max: MOST + 5n }),
    fc.bigInt({ min: -MOST - 5n, max: -MOST + 5n }),
    fc.bigInt({ min: 0n, max: 99n }),
  )
  .map((number) => ({
    text: String(number),
    value: number <= MOST && number >= -MOST ? Number(number) : String(number),
  }));
const digits = (most: number) => fc.stringMatching(new RegExp(`^\\d{1,${most}}$`));
const fraction: fc.Arbitrary<Spelt> = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.bigInt({ min: 0n, max: 10n ** 20n }),
    digits(25),
    fc.oneof(
      fc.constant(''),
      fc.tuple(fc.constantFrom('e', 'E', 'e+', 'e-'), digits(18)).map((parts) => parts.join('')),
    ),
  )
  .map(([sign, before, after, exponent]) => {
    const text = `${sign}${before}.${after}${exponent}`;
    return { text, value: Number(text) };
  });
const text: fc.Arbitrary<Spelt> = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ':', ',', '1234567890123456789', ' ', '\n'),
    }),
  )
  .map((value) => ({ text: JSON.stringify(value), value }));
const space = fc.stringMatching(/^[ \t\r\n]{0,2}$/);

const { json } = fc.letrec<{ json: Spelt }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    whole,
    fraction,
    text,
    fc.constantFrom<Spelt>(
      { text: 'null', value: null },
      { text: 'true', value: true },
      { text: '{}', value: {} },
    ),
    fc.tuple(fc.array(tie('json'), { maxLength: 4 }), space).map(([items, gap]) => ({
      text: `[${items.map((item) => `${gap}${item.text}${gap}`).join(',')}]`,
      value: items.map((item) => item.value),
    })),
    fc.tuple(fc.array(fc.tuple(text, tie('json')), { maxLength: 4 }), space).map(([pairs, gap]) => ({
      text: `{${pairs.map(([key, { text: of }]) => `${gap}${key.text}${gap}:${gap}${of}${gap}`).join(',')}}`,
      value: fromPairs(pairs),
    })),
  ),
}));

function fromPairs(pairs: readonly (readonly [Spelt, Spelt])[]): unknown {
  const names = pairs.map(([key]) => key.text);
  // Names that JavaScript treats in its own way are read as JSON.parse reads them.
  const skeleton = JSON.parse(`{${names.map((name) => `${name}:0`).join(',')}}`) as Record<string, unknown>;
  for (const [key, { value }] of pairs) {
    Object.defineProperty(skeleton, String(key.value), {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return skeleton;
}

const outcome = (parse: (text: string) => unknown, text: string) => {
  try {
    return { value: parse(text) };
  } catch (error) {
    return { refused: error instanceof SyntaxError };
  }
};

describe('parseExactJson', () => {
  test('is JSON.parse, except that whole numbers beyond 2^53 − 1 come as their digits', () => {
    fc.assert(
      fc.property(json, (spelt) => {
        expect(parseExactJson(spelt.text)).toEqual(spelt.value);
      }),
      { numRuns: 2000 },
    );
  });

  test('refuses what JSON.parse refuses, and nothing else', () => {
    const cut = fc.tuple(
      json,
      fc.nat(),
      fc.nat({ max: 3 }),
      fc.constantFrom('', '"', '\\', ',', '0', 'e', '.', '-', ':'),
    );
    fc.assert(
      fc.property(cut, ([spelt, at, length, instead]) => {
        const start = at % (spelt.text.length + 1);
        const bent = spelt.text.slice(0, start) + instead + spelt.text.slice(start + length);
        const mine = outcome(parseExactJson, bent);
        const theirs = outcome(JSON.parse, bent);
        expect('refused' in mine ? mine : 'read').toEqual('refused' in theirs ? theirs : 'read');
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    ['{"chrtId":9007199254740993,"quantity":7}', { chrtId: '9007199254740993', quantity: 7 }],
    [
      '[9007199254740991,9007199254740992,-9007199254740992]',
      [Number(MOST), '9007199254740992', '-9007199254740992'],
    ],
    ['12345678901234567890', '12345678901234567890'],
    ['[ 12345678901234567890\n]', ['12345678901234567890']],
    [
      '{"name":"№ 12345678901234567890, \\"12345678901234567890\\" \\\\"}',
      { name: '№ 12345678901234567890, "12345678901234567890" \\' },
    ],
    ['{"12345678901234567890":1}', { '12345678901234567890': 1 }],
    ['{"price":0.30000000000000004}', { price: 0.1 + 0.2 }],
    [
      '[1.7976931348623157e308,123456789012345678.5,1e-12345678901234567]',
      [Number.MAX_VALUE, 123456789012345680, 0],
    ],
  ])('reads %s', (text, value) => {
    expect(parseExactJson(text)).toEqual(value);
  });

  test.each([
    '',
    '{',
    '[012345678901234567890]',
    '{12345678901234567890:1}',
    '[1.]',
    '"\n1234567890123456789"',
    '[1234567890123456789x]',
  ])('refuses %j as JSON.parse does', (text) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });

  test('a megabyte without an end is refused and does not hang the worker', () => {
    const endless = ['\\"', '"', '\\\\', '1', '-', '1 '].map(
      (part) => `["1234567890123456789${part.repeat(500_000)}`,
    );
    for (const text of endless) expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });
});

describe('idOf', () => {
  test('every int64, as number or as digits, and only that', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }), (number) => {
        const fits = number >= -(2n ** 63n) && number < 2n ** 63n;
        expect(idOf(String(number))).toBe(fits ? String(number) : null);
        const safe = number >= -MOST && number <= MOST;
        expect(idOf(parseExactJson(String(number)))).toBe(fits ? String(number) : null);
        if (safe) expect(idOf(Number(number))).toBe(String(number));
      }),
    );
  });

  test.each([0, '0', -5, '-999999', '9223372036854775807', '-9223372036854775808'])(
    '%j is an id',
    (value) => {
      expect(idOf(value)).toBe(String(value));
    },
  );

  test.each([
    '9223372036854775808',
    '-9223372036854775809',
    '12345678901234567890',
    2 ** 53,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '-0',
    '01',
    '+1',
    '1.0',
    '1e3',
    ' 1',
    '1\n',
    '١',
    '',
    null,
    undefined,
    true,
    [],
    {},
    5n,
  ])('%s is none', (value) => {
    expect(idOf(value)).toBeNull();
  });

  test('minus zero is zero', () => {
    expect(idOf(-0)).toBe('0');
  });
});
