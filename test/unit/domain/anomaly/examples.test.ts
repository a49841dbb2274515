import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JudgedSnapshot, ProductFacts } from '../../../../src/domain/anomaly/finding.js';
import { RULES } from '../../../../src/domain/anomaly/rules.js';
import { settings } from './settings.js';
import { applied, changed, failed, gone, held, NOW, observed, pipeline, product } from './snapshots.js';

const HOUR = 3_600_000;
const THIS_HOUR = Math.floor(NOW / HOUR);
const everyHour = (sold: number) =>
  Array.from({ length: 28 * 24 }, (_, index) => ({
    hour: THIS_HOUR - 28 * 24 + 1 + index,
    sold,
    received: 0,
  }));
const tenADay = Array.from({ length: 14 }, (_, day) => ({
  hour: THIS_HOUR - 24 * (13 - day) - 12,
  sold: 10,
  received: 0,
}));
const moved = (fields: Partial<ProductFacts>) => changed([product(fields)]);

/** What each rule's example is an example of. */
const SAMPLES: Readonly<Record<string, JudgedSnapshot>> = {
  'feed-held': held(),
  'method-retired': failed({
    code: 'API_RETIRED',
    message: '/v4/product/info/stocks: HTTP 404, method was removed',
  }),
  'credentials-refused': failed({ code: 'API_CREDENTIALS', message: 'HTTP 403, Invalid Api-Key' }),
  'source-stale': observed({ lastSyncAt: NOW - 9.5 * HOUR }),
  'snapshots-failing': failed({ failures: 3 }),
  'long-wait': failed({
    source: 'wildberries',
    feed: 'wildberries:abc:wb-warehouses',
    code: 'API_LIMITED',
    at: NOW,
    notBefore: NOW + 5 * HOUR,
  }),
  'key-expiring': observed({ keyExpiresAt: NOW + 7 * 24 * HOUR }),
  'lag-growing': pipeline({ lag: { records: 120, oldestAt: NOW - 25 * 60_000 } }),
  'dead-letters': pipeline({ deadLetters: 2 }),
  'total-moved': applied({ available: { before: 12_400, after: 7192 } }),
  'too-few-products': applied({ products: { before: 60, after: 4 } }),
  'products-vanished': applied({ vanished: 40, products: { before: 1200, after: 1160 } }),
  'ran-out': applied({ ranOut: [gone('1', { offerId: 'TEA-1', name: 'Чай' })] }),
  'unusual-jump': moved({ before: 120, after: 60, hours: everyHour(2) }),
  'reserved-above-present': moved({
    present: { before: 5, after: 3 },
    reserved: { before: 4, after: 5 },
  }),
  'runs-out-soon': moved({ before: 31, after: 30, hours: tenADay }),
  'low-stock': moved({ before: 6, after: 4 }),
};

const document = plain(readFileSync(join(import.meta.dirname, '../../../../docs/rules.md'), 'utf8'));

/** Documents are written with plain spaces. */
function plain(text: string): string {
  return text.replace(/[\u00a0\u202f]/g, ' ');
}

test('every rule has a name of its own and a sample', () => {
  expect(Object.keys(SAMPLES)).toEqual(RULES.map(({ name }) => name));
});

describe.each(RULES)(
  '$name',
  ({ name, title, severities, needs, settings: settingNames, example, judge }) => {
    const sample = SAMPLES[name];
    const raised =
      sample === undefined ? [] : judge(sample, settings()).filter((one) => one.state === 'raised');
    const [finding] = raised;

    test('says what its example says', () => {
      expect(raised).toHaveLength(1);
      expect(finding?.text).toEqual(example);
      expect(finding?.rule).toBe(name);
      expect(finding?.fingerprint.startsWith(`${name}:`)).toBe(true);
      expect(severities).toContain(finding?.severity);
      expect(needs).toContain(sample?.type);
    });

    test('keeps to one line in both languages', () => {
      for (const text of Object.values(example)) expect(text).not.toMatch(/[\r\n]|undefined|NaN/);
      expect(example.ru).toMatch(/[а-я]/);
      expect(example.en).not.toMatch(/[а-я]{4,}/);
    });

    test('stands in docs/rules.md as it is', () => {
      const section = new RegExp(`^### \`${name}\`[^\\n]*\\n[\\s\\S]*?(?=^##|(?![\\s\\S]))`, 'm').exec(
        document,
      )?.[0];
      expect(section).toBeDefined();
      expect(section).toContain(title.en);
      expect(section).toContain(title.ru);
      expect(section).toContain(`Severity: ${severities.join(', ')}.`);
      expect(section).toContain(`Judges: ${needs.map((one) => `\`${one}\``).join(', ')}.`);
      const said = settingNames.length === 0 ? 'none' : settingNames.map((one) => `\`${one}\``).join(', ');
      expect(section).toContain(`Settings: ${said}.`);
      expect(section).toContain(`> ${plain(example.ru)}`);
      expect(section).toContain(`> ${plain(example.en)}`);
    });
  },
);

test('docs/rules.md names no rule that is not there', () => {
  const named = [...document.matchAll(/^### `([^`]+)`/gm)].map(([, name]) => name);
  expect(named).toEqual(RULES.map(({ name }) => name));
});
