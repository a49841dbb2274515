import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatEnvValue, parseEnv } from '../../../config/dotenv.js';

const valuesOf = (text: string) => {
  const { entries, problems } = parseEnv(text);
  expect(problems).toEqual([]);
  return Object.fromEntries([...entries].map(([name, { value }]) => [name, value]));
};

describe('parseEnv', () => {
  it.each<[string, string, string]>([
    ['a bare value', 'A=b', 'b'],
    ['blanks around', '  A =  b c  ', 'b c'],
    ['export', 'export A=b', 'b'],
    ['an equals sign inside', 'A=x=y==', 'x=y=='],
    ['a number sign inside', 'A=x#y', 'x#y'],
    ['a comment behind', 'A=x # y', 'x'],
    ['nothing but a comment', 'A= # y', ''],
    ['nothing', 'A=', ''],
    ['a byte order mark', '\uFEFFA=b', 'b'],
    ['CRLF', 'A=b\r\n', 'b'],
    ['single quotes', 'A=\'x # \\n "y"\' # c', 'x # \\n "y"'],
    ['double quotes', 'A="x # y"', 'x # y'],
    ['escapes in double quotes', 'A="1\\n2\\t\\"\\\\\\$\\q"', '1\n2\t"\\$\\q'],
    ['a dollar, never expanded', 'A=$HOME', '$HOME'],
    ['Cyrillic', 'A=пароль', 'пароль'],
    ['an empty quoted value', 'A=""', ''],
  ])('reads %s', (_, text, value) => {
    expect(valuesOf(text)).toEqual({ A: value });
  });

  it('skips blank lines and comments and counts lines from 1', () => {
    const { entries } = parseEnv('# head\r\n\r\n  # more\r\nA=1\rB=2\n');
    expect([...entries]).toEqual([
      ['A', { value: '1', line: 4 }],
      ['B', { value: '2', line: 5 }],
    ]);
  });

  it('takes the last of a repeated name and says so', () => {
    const { entries, repeated } = parseEnv('A=1\nB=2\nA=3');
    expect(entries.get('A')).toEqual({ value: '3', line: 3 });
    expect(repeated).toEqual([{ name: 'A', line: 3, firstLine: 1 }]);
  });

  it.each<[string, string]>([
    ['no equals sign', 's3cret'],
    ['a bad name', '1A=s3cret'],
    ['a hyphen in the name', 'A-B=s3cret'],
    ['an open single quote', "A='s3cret"],
    ['an open double quote', 'A="s3cret\\"'],
    ['text after the quote', 'A="s3cret"more'],
  ])('refuses %s with the line and without the value', (_, line) => {
    const { entries, problems } = parseEnv(`B=1\n${line}\nC=2`);
    expect([...entries.keys()]).toEqual(['B', 'C']);
    expect(problems.map((problem) => problem.line)).toEqual([2]);
    expect(JSON.stringify(problems)).not.toContain('s3cret');
  });

  it('reads back whatever formatEnvValue writes', () => {
    const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,12}$/u);
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('\\', '"', "'", '#', ' ', '\n', '\r', '\t', '$', '=', 'n', 'ё') }),
    );
    fc.assert(
      fc.property(
        fc.dictionary(name, text, { noNullPrototype: true }),
        fc.constantFrom('\n', '\r\n'),
        (given, end) => {
          const lines = Object.entries(given).map(([key, value]) => `${key}=${formatEnvValue(value)}`);
          expect(valuesOf(lines.join(end))).toEqual(given);
        },
      ),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseEnv(text)));
  });
});
