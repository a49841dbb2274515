import { describe, expect, it } from 'vitest';
import {
  type FeedResult,
  failedSource,
  outcomeOf,
  runExitCode,
  runStatus,
  type SourceOutcome,
} from '../../../src/cli/sync/outcome.js';
import { problemOf, remedyOf, sentenceOf } from '../../../src/cli/sync/problem.js';
import { problemDocument } from '../../../src/cli/sync/report.js';
import { AppError, type ErrorCode } from '../../../src/errors.js';
import type { SnapshotStatus } from '../../../src/ports/projection.js';

const feed = { source: 'ozon', account: '1', endpoint: 'product-stocks' } as const;
const patience = { startedAt: 1_000_000, waitMs: 300_000 };
const counts = { pages: 1, rowsRead: 9, created: 1, updated: 2, closed: 3, invalid: 0 };

function ended(status: SnapshotStatus): FeedResult {
  const outcome = { status, reason: 'why', life: 1, partition: 0, lastOffset: 5, counts };
  return { feed, rows: 9, snapshotId: 's', outcome };
}

function failed(code: ErrorCode = 'API_UNAVAILABLE'): FeedResult {
  return { feed, rows: 4, error: new AppError(code, 'no') };
}

function source(...results: FeedResult[]): SourceOutcome {
  const finished = results.flatMap(({ outcome }) => (outcome == null ? [] : [outcome]));
  return outcomeOf({ source: 'ozon', account: '1', results, ended: finished, patience, now: 1_002_000 });
}

describe('what became of a source', () => {
  it.each([
    ['success', [ended('applied')], null],
    ['success', [{ feed, rows: 9, snapshotId: 's', outcome: null }], null],
    ['held', [ended('held')], 'HELD'],
    ['partial', [ended('incomplete')], 'INCOMPLETE'],
    ['failed', [ended('abandoned')], 'ABANDONED'],
    ['failed', [failed()], 'API_UNAVAILABLE'],
    ['partial', [ended('applied'), failed()], 'API_UNAVAILABLE'],
    ['partial', [ended('held'), failed()], 'API_UNAVAILABLE'],
    ['held', [ended('applied'), ended('held')], 'HELD'],
    ['failed', [failed(), failed('API_RETIRED')], 'API_UNAVAILABLE'],
  ] as const)('is %s where the feeds say %o', (status, results, code) => {
    const outcome = source(...results);
    expect({ status: outcome.status, code: outcome.problem?.code ?? null }).toEqual({ status, code });
  });

  it('adds up rows and changes, those of a failed read too', () => {
    const outcome = source(ended('applied'), ended('applied'), failed());
    expect(outcome).toMatchObject({
      rows: 22,
      changes: { created: 2, updated: 4, closed: 6 },
      durationMs: 2_000,
    });
    expect(source(failed()).changes).toBeNull();
  });

  it('tells how a held read is released', () => {
    expect(source(ended('held')).problem?.remedy).toContain(
      '`inventory-sync sync --source=ozon --full-resync --accept-absences`',
    );
  });
});

describe('a limit', () => {
  const limited = (notBefore?: number) =>
    problemOf(new AppError('API_LIMITED', 'later', { notBefore }), patience);

  it('puts the run off where it lies beyond its patience', () => {
    expect(limited(1_300_001)).toMatchObject({ deferredUntil: 1_300_001, exitCode: 75 });
  });

  it('is a failure like any other where it does not, or is not known', () => {
    expect(limited(1_300_000)).toMatchObject({ deferredUntil: null, exitCode: 1 });
    expect(limited()).toMatchObject({ deferredUntil: null, exitCode: 1 });
  });
});

describe('what the marketplace calls the request', () => {
  it('is kept for its support', () => {
    const error = new AppError('API_UNAVAILABLE', 'down', { facts: { requestId: 'r-1' } });
    expect(problemOf(error, patience).requestId).toBe('r-1');
  });
});

describe('words for people', () => {
  const advice = {
    ru: { what: 'ключ не подошёл.', remedy: 'создайте новый' },
    en: { what: 'the key is refused', remedy: 'make a new one' },
  };

  it('come first, with the exact message behind them, in the reader’s language', () => {
    const problem = problemOf(new AppError('API_CREDENTIALS', 'Ozon: 404 code 5', { advice }), patience);
    expect(sentenceOf(problem, 'ru')).toBe('ключ не подошёл (Ozon: 404 code 5)');
    expect(remedyOf(problem, 'ru')).toBe('создайте новый');
    expect(sentenceOf(problem, 'en')).toBe('the key is refused (Ozon: 404 code 5)');
  });

  it('are those of its code where it brings none, in English its own', () => {
    const problem = problemOf(
      new AppError('DB_UNAVAILABLE', 'no database', { remedy: 'start it' }),
      patience,
    );
    expect([sentenceOf(problem, 'en'), remedyOf(problem, 'en')]).toEqual(['no database', 'start it']);
    expect(sentenceOf(problem, 'ru')).toBe('нет связи с MySQL (no database)');
    expect(remedyOf(problem, 'ru')).toMatch(/^Проверьте DB_HOST/);
    // Programs read what they always have.
    expect(problemDocument(problem)).toMatchObject({
      message: 'no database',
      remedy: 'start it',
      advice: null,
    });
  });

  it('ask for a report of what nobody foresaw', () => {
    const problem = problemOf(new TypeError('x is undefined'), patience);
    expect(problem).toMatchObject({ code: 'UNEXPECTED', exitCode: 1 });
    expect(sentenceOf(problem, 'ru')).toBe('непредвиденный сбой (x is undefined)');
    expect(remedyOf(problem, 'ru')).toContain('ошибка программы');
  });

  it('are there for a limit that the marketplace has no words for', () => {
    const problem = problemOf(new AppError('API_LIMITED', 'later', { notBefore: 9_000_000 }), patience);
    expect(sentenceOf(problem, 'ru')).toMatch(/SYNC_WAIT \(later\)$/);
    expect(remedyOf(problem, 'en')).toContain('run sync after that time');
  });
});

describe('problems of several feeds', () => {
  it('are all kept, the gravest first; what time mends weighs least', () => {
    const later = { feed, rows: 0, error: new AppError('API_LIMITED', 'later', { notBefore: 9_000_000 }) };
    const { problem, problems, status, exitCodes } = source(later, ended('held'), ended('applied'));
    expect(problem?.code).toBe('HELD');
    expect(problems.map(({ code }) => code)).toEqual(['HELD', 'API_LIMITED']);
    expect(problems[0]?.endpoint).toBe('product-stocks');
    expect({ status, exitCodes }).toEqual({ status: 'partial', exitCodes: [75, 4, 0] });
  });
});

describe('the exit code and status of a run', () => {
  const ok = source(ended('applied'));
  const held = source(ended('held'));
  const refused = failedSource('ozon', new AppError('API_CREDENTIALS', 'no'), patience, 1_000_000);

  it.each([
    ['all done', [ok, ok], 0, 'success'],
    ['one failed', [ok, refused], 3, 'partial'],
    ['one failed, one held', [held, refused], 3, 'partial'],
    ['one held', [ok, held], 4, 'held'],
    ['one incomplete', [source(ended('incomplete'))], 3, 'partial'],
    ['the only one failed', [refused], 1, 'failed'],
  ])('%s', (_name, outcomes, code, status) => {
    expect({ code: runExitCode(outcomes), status: runStatus(outcomes) }).toEqual({ code, status });
  });
});
