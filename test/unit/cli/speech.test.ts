import { describe, expect, it } from 'vitest';
import { errorText } from '../../../src/cli/error-text.js';
import { plainLine, plainLines } from '../../../src/cli/plain-log.js';
import { localeOf, WORDS } from '../../../src/cli/words.js';
import { AppError } from '../../../src/errors.js';

describe('an error for people', () => {
  const cause = new Error('refused');
  const error = new AppError('DB_UNAVAILABLE', 'no database', { remedy: 'start it', cause });

  it('is what happened and what to do', () => {
    expect(errorText(error, { locale: 'en', debug: false })).toBe('Error: no database\nRemedy: start it\n');
    expect(errorText(error, { locale: 'ru', debug: false, subject: 'ozon' })).toMatch(
      /^Ошибка: ozon: нет связи с MySQL \(no database\)\nЧто делать: Проверьте DB_HOST .*\n$/,
    );
  });

  it('is advice in the language of the reader where there is any, with the technical message in brackets', () => {
    const advised = new AppError('API_CREDENTIALS', 'Ozon: HTTP 404 code 5: Invalid Api-Key', {
      advice: {
        ru: { what: 'Ozon не узнаёт ключ.', remedy: 'Создайте новый ключ' },
        en: { what: 'Ozon does not know the key', remedy: 'Make a new key' },
      },
    });
    expect(errorText(advised, { locale: 'ru', debug: false, subject: 'Ozon' })).toBe(
      'Ошибка: Ozon: Ozon не узнаёт ключ (Ozon: HTTP 404 code 5: Invalid Api-Key)\nЧто делать: Создайте новый ключ\n',
    );
    expect(errorText(advised, { locale: 'en', debug: false })).toBe(
      'Error: Ozon does not know the key (Ozon: HTTP 404 code 5: Invalid Api-Key)\nRemedy: Make a new key\n',
    );
  });

  it('does not say the same twice where the message is the advice', () => {
    const what = 'WB_API_KEY expired on 2026-01-01';
    const advice = { ru: { what: 'Токен истёк', remedy: 'р' }, en: { what, remedy: 'make a new one' } };
    const text = errorText(new AppError('API_CREDENTIALS', what, { advice }), { locale: 'en', debug: false });
    expect(text).toBe('Error: WB_API_KEY expired on 2026-01-01\nRemedy: make a new one\n');
  });

  it('shows stacks, causes too, only where they are asked for', () => {
    const text = errorText(error, { locale: 'en', debug: true });
    expect(text).toContain('speech.test.ts');
    expect(text).toContain('Error: refused');
  });

  it('asks for a report of what nobody foresaw', () => {
    expect(errorText(new TypeError('x is undefined'), { locale: 'en', debug: false })).toMatch(
      /^Error: x is undefined\nRemedy: .*report it/,
    );
    expect(errorText(new TypeError('x'), { locale: 'ru', debug: false })).toMatch(
      /^Ошибка: непредвиденный сбой \(x\)\nЧто делать: .*сообщите/,
    );
    expect(errorText('thrown text', { locale: 'en', debug: false })).toMatch(/^Error: thrown text\n/);
  });
});

describe('a log line for people', () => {
  const line = (fields: object) =>
    plainLine(`${JSON.stringify({ level: 'warn', time: 't', pid: 1, ...fields })}\n`, WORDS.en);

  it('is the message and its facts', () => {
    expect(line({ msg: 'will try again', attempt: 2, path: '/v4' })).toBe(
      'Warning: will try again (attempt=2, path=/v4)',
    );
    expect(
      line({ level: 'error', msg: 'gone', error: { name: 'E', message: 'broken', stack: 'E\n at' } }),
    ).toBe('Error: gone (error=broken)');
  });

  it('is not told over and over', () => {
    const told: string[] = [];
    let now = 0;
    const { write } = plainLines(
      (text) => told.push(text),
      WORDS.en,
      () => now,
    );
    const log = (msg: string) => write(JSON.stringify({ level: 'warn', msg }));
    log('again');
    now = 9_999;
    log('again');
    log('another');
    now = 10_000;
    log('again');
    expect(told).toEqual(['Warning: again', 'Warning: another', 'Warning: again']);
  });

  it('is left as it is where it is no JSON, and never endless', () => {
    expect(plainLine('not json\n', WORDS.en)).toBe('not json');
    expect(line({ msg: 'x'.repeat(1_000) })).toHaveLength(400);
  });
});

it('speaks Russian unless told otherwise', () => {
  expect([undefined, '', 'ru', 'EN ', 'fr'].map(localeOf)).toEqual(['ru', 'ru', 'ru', 'en', 'ru']);
});
