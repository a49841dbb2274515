import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../../../src/domain/json.js';
import { isAppError } from '../../../../src/errors.js';
import { sliceJsonRows } from '../../../../src/marketplaces/http/json-rows.js';
import { apiAnswer, thrownBy } from '../support/answers.js';

const slice = (text: string, path: string[] = ['items']) => sliceJsonRows(apiAnswer(200, text), path);

/** Characters that a scanner which is not string-aware would trip over. */
const hostileText = fc.string({
  unit: fc.constantFrom(
    '"',
    '\\',
    '[',
    ']',
    '{',
    '}',
    ',',
    ':',
    '\n',
    '\t',
    ' ',
    'é',
    'Ж',
    '\u2028',
    '😀',
    '\ud800',
    'a',
    '1',
  ),
});
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    hostileText,
    fc.integer(),
    fc.integer().map((number) => number / 8),
    fc.constantFrom(1e-7, 1.5e300),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(hostileText, tie('any'), { maxKeys: 4 }),
  ),
})).any;
const rowsOf = fc.array(value, { maxLength: 8 });
const indent = fc.constantFrom(undefined, 1, '\t', ' \n');
const fields = fc.dictionary(hostileText, value, { maxKeys: 4 });

describe('sliceJsonRows', () => {
  it('gives what JSON.parse gives, for any document and list', () => {
    fc.assert(
      fc.property(fields, rowsOf, fields, indent, (before, list, after, space) => {
        const text = JSON.stringify({ ...before, items: list, ...omit(after, 'items') }, null, space);
        const { rows, rest } = slice(text);
        const parsed = JSON.parse(text) as Record<string, unknown>;
        expect(rows.map((row) => JSON.parse(row) as unknown)).toEqual(parsed.items);
        expect(rest).toEqual({ ...(parseExactJson(text) as object), items: [] });
      }),
    );
  });

  it('finds a list one level down', () => {
    fc.assert(
      fc.property(fields, fields, rowsOf, indent, (outer, inner, list, space) => {
        const text = JSON.stringify({ ...outer, data: { ...inner, items: list } }, null, space);
        const { rows, rest } = slice(text, ['data', 'items']);
        expect(rows.map((row) => JSON.parse(row) as unknown)).toEqual(
          (JSON.parse(text) as { data: { items: unknown[] } }).data.items,
        );
        expect(rest).toMatchObject({ data: { items: [] } });
      }),
    );
  });

  it('accepts exactly the texts that JSON.parse accepts, whatever one edit does to them', () => {
    const edit = fc.record({ at: fc.nat(), cut: fc.integer({ min: 0, max: 3 }), put: hostileText });
    fc.assert(
      fc.property(fields, rowsOf, edit, indent, (before, list, { at, cut, put }, space) => {
        const whole = JSON.stringify({ ...before, items: list, tail: 1 }, null, space);
        const place = at % (whole.length + 1);
        const text = whole.slice(0, place) + put.slice(0, 2) + whole.slice(place + cut);
        const oracle = parsedItems(text);
        const mine = attempt(() => slice(text).rows.map((row) => JSON.parse(row) as unknown));
        expect(mine).toEqual(oracle ?? 'refused');
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps rows verbatim, to the last blank inside them', () => {
    const { rows } = slice(
      '{"items" : [ {"product_id": 9007199254740993,  "x":[1 ,2]} ,\n {"a":"],[\\"\\\\"}\r\n] }',
    );
    expect(rows).toEqual(['{"product_id": 9007199254740993,  "x":[1 ,2]}', '{"a":"],[\\"\\\\"}']);
  });

  it('keeps long numbers of the rest exact', () => {
    expect(slice('{"items":[],"cursor":1020003080073000123}').rest).toEqual({
      items: [],
      cursor: '1020003080073000123',
    });
  });

  it('reads names that are written with escapes', () => {
    expect(slice('{"it\\u0065ms":[1]}').rows).toEqual(['1']);
  });

  it.each([
    ['an empty body', ''],
    ['white space', ' \n'],
    ['an HTML page', '<!DOCTYPE html><html>…</html>'],
    ['a list at the top', '[{"items":[]}]'],
    ['null', 'null'],
    ['a missing list', '{"result":{"items":[]}}'],
    ['a null in its place', '{"items":null}'],
    ['an object in its place', '{"items":{}}'],
    ['a text cut in a row', '{"items":[{"a":1},{"a"'],
    ['a text cut in a string', '{"items":[{"a":"x'],
    ['a text cut behind an escape', '{"items":[{"a":"x\\'],
    ['a text cut behind the list', '{"items":[{"a":1}]'],
    ['a text cut behind a comma', '{"items":[{"a":1},'],
    ['a broken row', '{"items":[{"a":1},{"a":01}]}'],
    ['crossed brackets in a row', '{"items":[{"a":[1}],2]}'],
    ['crossed brackets around the list', '{"items":[1,2}}'],
    ['a comma too many', '{"items":[1,]}'],
    ['an empty element', '{"items":[1,,2]}'],
    ['two rows without a comma', '{"items":[{} {}]}'],
    ['something behind the end', '{"items":[]} {}'],
    ['the list named twice', '{"items":[1],"items":[2]}'],
    ['a raw line break in a string', '{"items":["a\nb"]}'],
    ['a broken rest', '{"items":[],"cursor":tru}'],
  ])('refuses %s', (_name, text) => {
    expect(thrownBy(() => slice(text))).toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringMatching(/^Test POST \/x: the answer /),
    });
  });

  it('refuses a path that leads through a list or past its end', () => {
    expect(thrownBy(() => slice('{"data":[]}', ['data', 'items']))).toMatchObject({ code: 'API_BAD_ANSWER' });
    expect(thrownBy(() => slice('{"data":{}}', ['data', 'items']))).toMatchObject({ code: 'API_BAD_ANSWER' });
  });

  it('does not fall over rows nested a hundred thousand deep', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const result = attempt(() => slice(`{"items":[${deep}]}`).rows[0]?.length);
    expect([200_000, 'refused']).toContain(result);
  });
});

function omit(object: Record<string, unknown>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}

/** The list as JSON.parse sees it, or undefined where there is none. */
function parsedItems(text: string): unknown[] | undefined {
  try {
    const { items } = JSON.parse(text) as { items?: unknown };
    return Array.isArray(items) ? (items as unknown[]) : undefined;
  } catch {
    return undefined;
  }
}

function attempt<T>(call: () => T): T | 'refused' {
  try {
    return call();
  } catch (error) {
    if (isAppError(error)) return 'refused';
    throw error;
  }
}
