import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/domain/secret.js';
import { AppError } from '../../../src/errors.js';
import { createLogger } from '../../../src/ops/logger.js';
import { createLineRedactor, redact } from '../../../src/ops/secrets.js';
import type { LogFields, Logger } from '../../../src/ports/logger.js';

/** The lines that one use of a logger writes. */
function linesOf(
  secrets: readonly string[],
  use: (logger: Logger) => void,
  level: 'debug' | 'warn' = 'debug',
) {
  const lines: string[] = [];
  const logger = createLogger({
    level,
    name: 'test',
    secrets: secrets.map((value) => new Secret(value)),
    destination: { write: (line) => void lines.push(line) },
  });
  use(logger);
  return lines;
}

function parsed(fields: LogFields, secrets: readonly string[] = []): Record<string, unknown> {
  const [line = '', ...more] = linesOf(secrets, (logger) => logger.info(fields, 'said'));
  expect(more).toEqual([]);
  expect(line.endsWith('\n')).toBe(true);
  return JSON.parse(line) as Record<string, unknown>;
}

/** Every piece of text and every number of a parsed line, names included. */
function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsOf(inner)]);
}

describe('a line', () => {
  it('is JSON with level, time, name, fields and message', () => {
    expect(parsed({ rows: 3 })).toMatchObject({ level: 'info', name: 'test', rows: 3, msg: 'said' });
    expect(parsed({}).time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u);
  });

  it('is written from its level up', () => {
    const say = (logger: Logger) => {
      for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level]({}, level);
    };
    const messages = linesOf([], say, 'warn').map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages).toEqual(['warn', 'error']);
  });

  it('takes a message as it is', () => {
    expect(linesOf([], (logger) => logger.info({}, 'a 50 %s share'))[0]).toContain('"msg":"a 50 %s share"');
  });

  it('tells an error with code, facts, remedy, stack and cause, at any depth', () => {
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', config: { headers: 'many' } });
    const error = new AppError('KAFKA_UNAVAILABLE', 'no broker', {
      facts: { port: 9092 },
      remedy: 'Start it.',
      cause,
    });
    const told = {
      name: 'AppError',
      code: 'KAFKA_UNAVAILABLE',
      message: 'no broker',
      facts: { port: 9092 },
      remedy: 'Start it.',
      stack: expect.stringContaining('logger.test.ts'),
      cause: { name: 'Error', message: 'refused', code: 'ECONNREFUSED', stack: expect.any(String) },
    };
    expect(parsed({ err: error, deep: [{ error }] })).toMatchObject({ err: told, deep: [{ error: told }] });
    expect(parsed({ err: cause }).err).not.toHaveProperty('config');
  });

  it('makes plain data of what JSON does not know', () => {
    const fields = {
      bytes: Buffer.from('abc'),
      big: 12n,
      map: new Map([['a', new Set([1])]]),
      date: new Date(0),
      call: () => 1,
      nothing: null,
    };
    const plain = {
      bytes: '<3 bytes>',
      big: '12',
      map: { a: [1] },
      date: '1970-01-01T00:00:00.000Z',
      nothing: null,
    };
    expect(parsed(fields)).toMatchObject(plain);
  });

  it('is written whatever the fields are', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const trap = {
      get thrower() {
        throw new Error('no');
      },
    };
    const hostile = new Proxy({}, { ownKeys: () => [][1] as never });
    const wide = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, { index }]));
    expect(parsed({ circle, trap, hostile })).toMatchObject({
      circle: { self: '[circular]' },
      trap: { thrower: '[unreadable]' },
      hostile: '[unreadable]',
    });
    expect(JSON.stringify(parsed({ wide, list: Array(5000).fill(circle) })).length).toBeLessThan(50_000);
    fc.assert(
      fc.property(fc.object({ maxDepth: 4, withNullPrototype: true }), (fields) => void parsed(fields)),
    );
  });
});

describe('masking by name', () => {
  it.each([
    'authorization',
    'Authorization',
    'Api-Key',
    'api_key',
    'apiKey',
    'password',
    'DB_PASSWORD',
    'accessToken',
    'x-auth-token',
    'Set-Cookie',
    'clientSecret',
    'pass',
  ])('%s', (name) => {
    expect(parsed({ [name]: 'ab', request: { headers: [{ [name]: 'ab' }] } })).toMatchObject({
      [name]: '***',
      request: { headers: [{ [name]: '***' }] },
    });
  });

  it('leaves names alone that only resemble one, and what cannot be a credential', () => {
    const fields = {
      tokenPrefix: 'raw',
      key: 'ozon:1',
      compass: 'n',
      deep: { password: null, token: false },
    };
    expect(parsed(fields)).toMatchObject(fields);
  });
});

describe('masking by value', () => {
  const secret = 'hun"ter/2+é\\x';
  const forms: readonly (readonly [string, string])[] = [
    ['itself', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    [
      'percent-encoded, small digits',
      encodeURIComponent(secret).replace(/%../gu, (code) => code.toLowerCase()),
    ],
    ['as in a form', new URLSearchParams({ a: secret }).toString().slice(2)],
    ['as JSON', JSON.stringify(secret).slice(1, -1)],
    ['as JSON in JSON', JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
    ['as JSON in ASCII', JSON.stringify(secret).slice(1, -1).replace('é', '\\u00e9')],
  ];

  it.each(forms)('%s, in messages, fields, names and errors', (_, form) => {
    const use = (logger: Logger) => {
      logger.error({ err: new Error(`a ${form} b`), list: [{ [`n${form}`]: `<${form}>` }] }, `m ${form}`);
    };
    const [line = ''] = linesOf([secret], use);
    const line1 = JSON.parse(line) as { err: { message: string }; list: unknown[]; msg: string };
    expect([line1.err.message, line1.list, line1.msg]).toEqual(['a *** b', [{ 'n***': '<***>' }], 'm ***']);
    expect(textsOf(line1).join()).not.toContain(form);
    expect(redact(`x ${form} y`, [new Secret(secret)])).toBe('x *** y');
  });

  it.each(['', 'u', 'us', 'user:'])('in base64 behind %j', (before) => {
    for (const encoding of ['base64', 'base64url'] as const) {
      const whole = Buffer.from(`${before}${secret} and more`).toString(encoding);
      const [line = ''] = linesOf([secret], (logger) => logger.info({}, whole));
      const { msg } = JSON.parse(line) as { msg: string };
      expect(Buffer.from(msg.replace('***', ''), 'base64').toString()).not.toContain('hun');
      expect(msg).toContain('***');
    }
  });

  it('stays JSON when a secret is part of the syntax or of a number', () => {
    expect(
      parsed({ port: 123456, name: 'x', text: '"level":"' }, ['2345', '"level":"', 'true']),
    ).toMatchObject({
      level: 'info',
      port: '***',
      text: '***',
    });
  });

  it('leaves nothing of two secrets that overlap', () => {
    expect(redact('-abcdefgh-', [new Secret('abcde'), new Secret('cdefgh')])).toBe('-***-');
    expect(redact('-abcdefgh-', [new Secret('abcdefgh'), new Secret('cdef')])).toBe('-***-');
  });

  it('leaves text alone that holds only a secret of three characters', () => {
    expect(redact('an abc', [new Secret('abc')])).toBe('an abc');
    expect(parsed({ password: 'abc', text: 'abc' }, ['abc'])).toMatchObject({ password: '***', text: 'abc' });
  });

  it('does not fail on text that is no JSON line', () => {
    expect(createLineRedactor([new Secret('hush')])('{ hush')).toBe('{ ***');
  });

  it('keeps any secret out of any line', () => {
    const unit = fc.constantFrom(...'abcXYZ0189/+=%"\'\\ {}:,пё€$&');
    const value = fc.string({ unit, minLength: 6, maxLength: 30 }).filter((text) => /\p{L}/u.test(text));
    const wrap: ((inner: unknown, hidden: string) => unknown)[] = [
      (inner) => ({ inner }),
      (inner) => [1, inner],
      (inner) => new Map([['k', inner]]),
      (inner) => new Set([inner]),
      (inner) => new Error(String(inner), { cause: inner }),
      (inner) => new AppError('INVARIANT', 'x', { facts: { inner: String(inner) }, cause: inner }),
      (inner, hidden) => Object.assign(new Error('x'), { code: hidden, errors: [inner] }),
      (inner) => JSON.stringify(inner instanceof Map || inner instanceof Set ? [...inner] : inner),
      (inner) => inspect(inner),
      (inner, hidden) => ({ [hidden]: inner, toJSON: () => ({ hidden, inner }) }),
      (inner, hidden) => ({ url: new URL(`http://x/?q=${encodeURIComponent(hidden)}`), inner }),
      (inner, hidden) => ({
        basic: Buffer.from(`me:${hidden}`).toString('base64'),
        bytes: Buffer.from(hidden),
        inner,
      }),
    ];
    const nest = fc.array(fc.integer({ min: 0, max: wrap.length - 1 }), { maxLength: 5 });
    fc.assert(
      fc.property(value, nest, fc.string(), (hidden, path, around) => {
        const planted: unknown = `${around}${hidden}${around}`;
        const fields = { planted: path.reduce((inner, index) => wrap[index]?.(inner, hidden), planted) };
        const [line = ''] = linesOf([hidden], (logger) => logger.warn(fields, `about ${hidden}`));
        const texts = textsOf(JSON.parse(line));
        expect(texts.filter((text) => text.includes(hidden))).toEqual([]);
        expect(line).not.toContain(JSON.stringify(hidden).slice(1, -1));
      }),
      { numRuns: 500 },
    );
  });
});
