import { describe, expect, it } from 'vitest';
import {
  type FeedResult,
  failedSource,
  outcomeOf,
  problemOf,
  runExitCode,
  runStatus,
  type SourceOutcome,
} from '../../../src/cli/sync/outcome.js';
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

describe('the exit code', () => {
  const ok = source(ended('applied'));
  const held = source(ended('held'));
  const partial = source(ended('incomplete'));
  const fails = (code: ErrorCode, notBefore?: number) =>
    failedSource('ozon', new AppError(code, 'no', { notBefore }), patience, 1_000_000);
  const busy = fails('RUN_BUSY');
  const unset = fails('CONFIG_INVALID');
  const refused = fails('API_CREDENTIALS');
  const deferred = fails('API_LIMITED', 9_000_000);

  it.each([
    ['all done', [ok, ok], 0, 'success'],
    ['one failed', [ok, refused], 3, 'partial'],
    ['one deferred, the other done', [ok, deferred], 3, 'partial'],
    ['one failed, one held', [held, refused], 3, 'partial'],
    ['one held', [ok, held], 4, 'held'],
    ['both held', [held, held], 4, 'held'],
    ['one incomplete', [partial], 3, 'partial'],
    ['the only one failed', [refused], 1, 'failed'],
    ['the only one lacks settings', [unset], 2, 'failed'],
    ['the only one is busy', [busy], 5, 'failed'],
    ['the only one is deferred', [deferred], 75, 'failed'],
    ['both busy', [busy, busy], 5, 'failed'],
    ['both failed, for different reasons', [busy, refused], 1, 'failed'],
  ])('%s', (_name, outcomes, code, status) => {
    expect({ code: runExitCode(outcomes), status: runStatus(outcomes) }).toEqual({ code, status });
  });
});
