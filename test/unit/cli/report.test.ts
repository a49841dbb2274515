import { describe, expect, it } from 'vitest';
import { failedSource, outcomeOf, type SourceOutcome } from '../../../src/cli/sync/outcome.js';
import { failedDocument, problemTexts, syncDocument, syncTable } from '../../../src/cli/sync/report.js';
import { AppError, type ErrorCode } from '../../../src/errors.js';

const done: SourceOutcome = {
  source: 'wildberries',
  account: 'sid',
  status: 'success',
  rows: 2_600,
  changes: { created: 12, updated: 0, closed: 3 },
  snapshots: [
    { feed: 'wildberries:sid:wb-warehouses', snapshotId: 's', status: 'applied', rows: 2_600, reason: null },
  ],
  problem: null,
  problems: [],
  exitCodes: [0],
  durationMs: 1_234,
};
const limited = new AppError('API_LIMITED', 'asked too often', {
  remedy: 'Ask less.',
  notBefore: Date.UTC(2026, 10, 23, 10, 0, 0),
  facts: { requestId: 'r-1' },
});
const deferred = failedSource(
  'ozon',
  limited,
  { startedAt: Date.UTC(2026, 10, 23), waitMs: 0 },
  Date.UTC(2026, 10, 23),
);

describe('the table', () => {
  it('lines up words and figures', () => {
    expect(syncTable([deferred, done], 'en')).toBe(
      [
        'Source       Outcome    Rows  New  Changed  Closed   Time',
        'Ozon         deferred      0    –        –       –  0.0 s',
        'Wildberries  success   2,600   12        0       3  1.2 s',
        '',
      ].join('\n'),
    );
  });

  it('speaks Russian too', () => {
    expect(syncTable([done], 'ru')).toBe(
      [
        'Источник     Итог     Строк  Новых  Изменено  Закрыто  Время',
        'Wildberries  успешно  2\u00a0600     12         0        3  1.2 с',
        '',
      ].join('\n'),
    );
  });
});

describe('a problem', () => {
  const en = { locale: 'en', timeZone: 'Europe/Moscow' } as const;

  it('is two lines, the time in the reader’s zone, in the reader’s language', () => {
    expect(problemTexts([deferred], en)).toEqual([
      'Error: ozon: deferred until 23 Nov 2026, 13:00:00 (Europe/Moscow): the marketplace asks to wait longer than ' +
        'SYNC_WAIT allows (asked too often)\nRemedy: nothing: run sync after that time, as cron does by itself. ' +
        'To wait longer, raise SYNC_WAIT',
    ]);
    expect(problemTexts([deferred], { locale: 'ru', timeZone: 'UTC' })[0]).toMatch(
      /^Ошибка: ozon: отложено до 23 нояб\. 2026.*10:00:00 \(UTC\): маркетплейс просит.*\nЧто делать: ничего/,
    );
  });

  const patience = { startedAt: 0, waitMs: 0 };
  const result = (endpoint: string, message: string | null) => ({
    feed: { source: 'wildberries' as const, account: 'sid', endpoint },
    rows: 0,
    ...(message === null ? {} : { error: new AppError('API_UNAVAILABLE', message) }),
  });
  const wb = (...results: ReturnType<typeof result>[]) =>
    outcomeOf({ source: 'wildberries', account: 'sid', results, ended: [], patience, now: 0 });

  it('names the feeds where others of the source fared better, and each trouble once', () => {
    const outcome = wb(result('cards', 'down'), result('fbs-stocks', 'down'), result('wb-warehouses', null));
    const firstLines = (one: typeof outcome) => problemTexts([one], en).map((text) => text.split('\n')[0]);
    expect(firstLines(outcome)).toEqual(['Error: wildberries (cards, own warehouses (FBS)): down']);
    const both = wb(result('cards', 'down'), result('wb-warehouses', 'cut'));
    expect(firstLines(both)).toEqual([
      'Error: wildberries (cards): down',
      'Error: wildberries (WB warehouses): cut',
    ]);
  });

  it('tells a wait for several feeds once, where it is the same wait', () => {
    const later = (endpoint: string, message: string, notBefore: number) => ({
      ...result(endpoint, null),
      error: new AppError('API_LIMITED', message, { notBefore }),
    });
    const told = problemTexts(
      [wb(later('cards', 'asked too often', 1_000_000), later('fbs-stocks', 'not our turn', 1_002_000))],
      en,
    );
    expect(told).toEqual([
      expect.stringMatching(/^Error: wildberries: deferred until .* \(asked too often\)\n/),
    ]);
    const apart = wb(
      later('cards', 'asked too often', 1_000_000),
      later('wb-warehouses', 'not yet', 9_000_000),
    );
    expect(problemTexts([apart], en)).toHaveLength(2);
  });

  it('tells a refused key once, whichever method refused it, and other troubles each', () => {
    const what = { what: 'the key is refused', remedy: 'make a new one' };
    const advice = { ru: what, en: what };
    const met = (endpoint: string, code: ErrorCode) => ({
      ...result(endpoint, null),
      error: new AppError(code, `${endpoint} answered 401`, { advice }),
    });
    const refused = [met('cards', 'API_CREDENTIALS'), met('wb-warehouses', 'API_CREDENTIALS')];
    expect(problemTexts([wb(...refused)], en)).toEqual([
      'Error: wildberries: the key is refused (cards answered 401)\nRemedy: make a new one',
    ]);
    const others = [met('cards', 'API_REJECTED'), met('wb-warehouses', 'API_REJECTED')];
    expect(problemTexts([wb(...others)], en)).toHaveLength(2);
  });

  it('names all sources that one trouble stopped', () => {
    const kafka = new AppError('KAFKA_UNAVAILABLE', 'no broker', { remedy: 'start it' });
    const outcomes = (['ozon', 'wildberries'] as const).map((name) => failedSource(name, kafka, patience, 0));
    expect(problemTexts(outcomes, en)).toEqual(['Error: ozon, wildberries: no broker\nRemedy: start it']);
  });
});

describe('the document', () => {
  it('has everything in it, and only plain values', () => {
    const startedAt = new Date('2026-11-23T00:00:00Z');
    const result = { runId: 'r', startedAt, outcomes: [deferred, done], appliedBy: 'worker' as const };
    expect(syncDocument(result, new Date('2026-11-23T00:00:05Z'))).toMatchObject({
      runId: 'r',
      status: 'partial',
      exitCode: 75,
      startedAt: '2026-11-23T00:00:00.000Z',
      durationMs: 5_000,
      appliedBy: 'worker',
      sources: [
        {
          source: 'ozon',
          error: {
            code: 'API_LIMITED',
            message: 'asked too often',
            remedy: 'Ask less.',
            advice: { ru: { what: expect.any(String) }, en: { remedy: expect.any(String) } },
            requestId: 'r-1',
            deferredUntil: '2026-11-23T10:00:00.000Z',
          },
        },
        { source: 'wildberries', rows: 2_600, error: null },
      ],
      error: null,
    });
  });

  it('is one document also where the run came to nothing', () => {
    const [problem] = [deferred.problem];
    if (problem == null) throw new Error('no problem');
    expect(failedDocument(problem)).toMatchObject({
      status: 'failed',
      exitCode: 75,
      sources: [],
      error: { code: 'API_LIMITED' },
    });
  });
});
