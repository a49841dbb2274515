import { describe, expect, it } from 'vitest';
import { failedSource, type SourceOutcome } from '../../../src/cli/sync/outcome.js';
import { failedDocument, problemText, syncDocument, syncTable } from '../../../src/cli/sync/report.js';
import { AppError } from '../../../src/errors.js';

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
        'Source       Outcome   Rows  New  Changed  Closed   Time',
        'Ozon         failed       0    –        –       –  0.0 s',
        'Wildberries  success  2,600   12        0       3  1.2 s',
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
  it('is two lines, the time in the reader’s zone', () => {
    const [problem] = [deferred.problem];
    if (problem == null) throw new Error('no problem');
    expect(problemText('ozon', problem, { locale: 'en', timeZone: 'Europe/Moscow' })).toBe(
      'Error: ozon: deferred until 23 Nov 2026, 13:00:00 (Europe/Moscow): asked too often\nRemedy: Ask less.',
    );
    expect(problemText('ozon', problem, { locale: 'ru', timeZone: 'UTC' })).toMatch(
      /^Ошибка: ozon: отложено до 23 нояб. 2026.*10:00:00 \(UTC\): asked too often\nЧто делать: Ask less\.$/,
    );
  });
});

describe('the document', () => {
  it('has everything in it, and only plain values', () => {
    const startedAt = new Date('2026-11-23T00:00:00Z');
    const result = { runId: 'r', startedAt, outcomes: [deferred, done], appliedBy: 'worker' as const };
    expect(syncDocument(result, new Date('2026-11-23T00:00:05Z'))).toMatchObject({
      runId: 'r',
      status: 'partial',
      exitCode: 3,
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
