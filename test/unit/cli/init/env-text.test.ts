import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { loadConfig } from '../../../../config/load.js';
import { envText } from '../../../../src/cli/init/env-text.js';
import {
  type Answers,
  formProblem,
  QUESTIONS,
  type QuestionName,
} from '../../../../src/cli/init/questions.js';

const folder = mkdtempSync(join(tmpdir(), 'env-text-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** As every command reads it. */
function readBack(text: string) {
  const envFile = join(folder, '.env');
  writeFileSync(envFile, text, { mode: 0o600 });
  const loaded = loadConfig({ envFile, env: {} });
  expect(loaded.warnings).toEqual([]);
  return loaded.config;
}

const WHOLE = new Map<QuestionName, string>([
  ['LOCALE', 'en'],
  ['OZON_CLIENT_ID', '836'],
  ['OZON_API_KEY', 'key'],
  ['WB_API_KEY', 'token'],
  ['DB_HOST', 'db.example.test'],
  ['DB_PORT', '3307'],
  ['DB_NAME', 'stock of mine'],
  ['DB_USER', 'me'],
  ['DB_PASSWORD', 'it\'s # "$HOME" \\ ='],
  ['KAFKA_BROKERS', 'a:9092,[::1]:9093'],
  ['SMTP_HOST', 'mail.example.test'],
  ['SMTP_PORT', '465'],
  ['SMTP_USER', 'me@example.test'],
  ['SMTP_PASSWORD', 'пароль'],
  ['ALERT_EMAIL', 'a@example.test,b@example.test'],
  ['DASHBOARD_TOKEN', 'abc'],
]);

it('names every question, and is read back by the program', () => {
  expect([...WHOLE.keys()]).toEqual(QUESTIONS);
  const { db, kafka, ozon, smtp, alerts, locale, dashboard } = readBack(envText(WHOLE, 'ru'));
  expect(db).toMatchObject({ host: 'db.example.test', port: 3307, name: 'stock of mine', user: 'me' });
  expect(db.password?.reveal()).toBe('it\'s # "$HOME" \\ =');
  expect(kafka.brokers).toEqual(['a:9092', '[::1]:9093']);
  expect({ id: ozon.clientId, smtp: smtp.port, to: alerts.email, locale }).toEqual({
    ...{ id: '836', smtp: 465, locale: 'en' },
    to: ['a@example.test', 'b@example.test'],
  });
  expect(smtp.password?.reveal()).toBe('пароль');
  expect(dashboard.token?.reveal()).toBe('abc');
});

it.each(['ru', 'en'] as const)('explains every line in %s, and says what was left out', (locale) => {
  const some: Answers = new Map([['LOCALE', locale] as const, ['DB_PASSWORD', 'x'] as const]);
  const text = envText(some, locale);
  const lines = text.split('\n');
  for (const name of QUESTIONS) {
    const at = lines.findIndex((line) => line.startsWith(`${name}=`));
    expect(lines[at - 1]).toMatch(locale === 'ru' ? /^# .*[а-яё]|^# host:port/iu : /^# [A-Za-z]/);
  }
  expect(
    lines.filter((line) => line.includes(locale === 'ru' ? '# Не настроено' : '# Not set up')),
  ).toHaveLength(4);
  expect(/[а-яё]/iu.test(text)).toBe(locale === 'ru');
  expect(readBack(text).smtp.host).toBeNull();
});

it('gives back any printable secret exactly', () => {
  const awkward = fc.constantFrom('#', "'", '"', ' ', '$', '=', '\\', '`', '!', 'ё', '\u2028', '\u00a0', 'n');
  const value = fc
    .oneof(fc.string({ unit: awkward, minLength: 1 }), fc.string({ unit: 'grapheme', minLength: 1 }))
    .filter((text) => formProblem('DB_PASSWORD', text, 'en') === undefined);
  fc.assert(
    fc.property(value, value, (password, token) => {
      const text = envText(new Map([...WHOLE, ['DB_PASSWORD', password], ['DASHBOARD_TOKEN', token]]), 'ru');
      const { db, dashboard } = readBack(text);
      expect(db.password?.reveal()).toBe(password);
      expect(dashboard.token?.reveal()).toBe(token);
    }),
    { numRuns: 300 },
  );
});
