import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JudgedSnapshot } from '../../src/domain/anomaly/finding.js';
import { alert } from '../../src/events/alert.js';
import type { SyncEvent } from '../../src/events/sync-event.js';
import type { LogRecord } from '../../src/ports/log-records.js';
import { runBatch } from '../../src/streams/run-batch.js';
import {
  type AnomalyOutcome,
  anomalyDetection,
  findingsOf,
} from '../../src/streams/topologies/anomaly-detection.js';
import { settings } from '../unit/domain/anomaly/settings.js';
import { back, changed, gone, product } from '../unit/domain/anomaly/snapshots.js';
import { appliedEvent, failedEvent, heldEvent, syncRecords } from './sync-records.js';

const detect = anomalyDetection(settings());

/** What the database would know: which incidents the alerts so far have left open. */
class Open {
  readonly now = new Set<string>();
  readonly asked: string[][] = [];

  readonly among = async (fingerprints: readonly string[]): Promise<ReadonlySet<string>> => {
    this.asked.push([...fingerprints]);
    return new Set(fingerprints.filter((one) => this.now.has(one)));
  };

  settle(outcomes: readonly AnomalyOutcome[]): void {
    for (const outcome of outcomes) {
      if (outcome.kind !== 'alert') continue;
      if (outcome.alert.state === 'raised') this.now.add(outcome.alert.fingerprint);
      else this.now.delete(outcome.alert.fingerprint);
    }
  }
}

const run = (records: readonly LogRecord[], open = new Open()) =>
  runBatch(records, (stream) => detect(stream, open.among));

const told = (outcomes: readonly AnomalyOutcome[]) =>
  outcomes.map(
    (one) => `${one.record.offset}/${one.kind === 'alert' ? `${one.index} ${one.alert.id}` : 'invalid'}`,
  );

const DAY: readonly SyncEvent[] = [
  appliedEvent('s1', 100, 98),
  appliedEvent('s2', 98, 40, { ranOut: [gone('1'), gone('2')] }),
  heldEvent('s3'),
  heldEvent('s4'),
  appliedEvent('s5', 40, 41, { cameBack: [back('2')], ranOut: [gone('3')] }),
];

const TOTAL = 'total-moved:ozon:123:product-stocks';
const HELD = 'feed-held:ozon:123:product-stocks';

describe('anomaly detection', () => {
  test('alerts in the order of the log, numbered per record, named by what they say', async () => {
    expect(told(await run(syncRecords(DAY)))).toEqual([
      `1/0 raised:${TOTAL}:s2`,
      '1/1 raised:ran-out:ozon:123:1:s2',
      '1/2 raised:ran-out:ozon:123:2:s2',
      `2/0 raised:${HELD}:s3`,
      `4/0 resolved:${HELD}:s5`,
      `4/1 resolved:${TOTAL}:s5`,
      '4/2 raised:ran-out:ozon:123:3:s5',
      '4/3 resolved:ran-out:ozon:123:2:s5',
    ]);
  });

  test('every alert keeps the contract', async () => {
    for (const outcome of await run(syncRecords(DAY))) {
      if (outcome.kind !== 'alert') throw new Error('unexpected');
      expect(alert.parse(JSON.parse(JSON.stringify(outcome.alert)))).toEqual(
        JSON.parse(JSON.stringify(outcome.alert)),
      );
    }
  });

  test('asks once per batch, for each fingerprint once', async () => {
    const open = new Open();
    await run(syncRecords(DAY), open);
    expect(open.asked).toHaveLength(1);
    expect(new Set(open.asked[0]).size).toBe(open.asked[0]?.length);
  });

  test('does not ask where there is nothing to ask about', async () => {
    const open = new Open();
    const base = {
      feed: 'f',
      source: 'ozon',
      account: '1',
      snapshotId: 's',
      at: '2026-11-22T11:05:00.000Z',
    } as const;
    const events: SyncEvent[] = [
      { ...base, type: 'snapshot-started' },
      { ...base, type: 'snapshot-failed', code: 'API_LIMITED', message: '429' },
      { ...base, type: 'snapshot-incomplete', gaps: ['page 3 missing'] },
    ];
    expect(await run(syncRecords(events), open)).toEqual([]);
    expect(open.asked).toEqual([]);
  });

  test('the same events give the same ids', async () => {
    expect(told(await run(syncRecords(DAY)))).toEqual(told(await run(syncRecords(DAY))));
  });

  test('what cannot be read is an outcome among the others, and the rest goes on', async () => {
    const bad = ['{"type":', '{"type":"snapshot-exploded"}', '[]', '{"type":"snapshot-applied","feed":"f"}'];
    const records = syncRecords([...bad, appliedEvent('s', 100, 10)]);
    const [first] = records;
    const bytes: LogRecord = { ...(first as LogRecord), offset: 90, value: Buffer.from([0x7b, 0xff, 0x7d]) };
    const none: LogRecord = { ...(first as LogRecord), offset: 91, value: null };
    const outcomes = await run([...records, bytes, none]);
    expect(told(outcomes)).toEqual([
      ...bad.map((_, offset) => `${offset}/invalid`),
      `4/0 raised:${TOTAL}:s`,
      '90/invalid',
      '91/invalid',
    ]);
    const errors = outcomes.flatMap((one) => (one.kind === 'invalid' ? [one.error] : []));
    expect(errors.map((error) => error.code)).toEqual(errors.map(() => 'RECORD_INVALID'));
    expect(errors[0]?.message).toMatch(/^record inventory\.sync-events\.v1\/2\/0 cannot be read: no JSON/);
    expect(errors[4]?.message).toContain('not UTF-8');
  });

  test('fails only where the question about open incidents fails', async () => {
    const down = () => Promise.reject(new Error('database down'));
    await expect(runBatch(syncRecords(DAY), (stream) => detect(stream, down))).rejects.toThrow(
      'database down',
    );
  });

  test('what is judged with an event is told with it, after what the event itself says', async () => {
    const facts = product({ productId: '9', before: 9, after: 4 });
    const asked: string[] = [];
    async function* judgedWith(event: SyncEvent) {
      asked.push(`${event.type} ${event.snapshotId}`);
      if (event.type === 'snapshot-applied') yield changed([facts]);
    }
    const records = syncRecords([appliedEvent('s1', 100, 40), heldEvent('s2'), appliedEvent('s3', 40, 40)]);
    const outcomes = await runBatch(records, (stream) => detect(stream, new Open().among, judgedWith));
    expect(asked).toEqual(['snapshot-applied s1', 'snapshot-held s2', 'snapshot-applied s3']);
    expect(told(outcomes)).toEqual([
      `0/0 raised:${TOTAL}:s1`,
      '0/1 raised:low-stock:ozon:123:9:s1',
      `1/0 raised:${HELD}:s2`,
      `2/0 resolved:${HELD}:s3`,
      `2/1 resolved:${TOTAL}:s3`,
    ]);
    const [, low] = outcomes;
    expect(low).toMatchObject({ alert: { text: { ru: expect.stringContaining('осталось 4 шт.') } } });
  });

  test('what comes in pieces is judged piece by piece, and is one story', async () => {
    const open = new Open();
    const handed: number[] = [];
    const answered: number[] = [];
    const pieceOf = (piece: number, after: number) =>
      Array.from({ length: 1200 }, (_, index) =>
        index === 0
          ? product({ productId: `${piece}-0`, before: 8, after })
          : product({ productId: `${piece}-${index}`, before: 100, after: 99 }),
      );
    async function* judgedWith() {
      for (const piece of [1, 2, 3]) {
        handed.push(open.asked.flat().length);
        yield changed(pieceOf(piece, 4));
      }
      // One of the first piece is well again.
      yield changed([product({ productId: '1-0', before: 4, after: 90 })]);
      answered.push(open.asked.flat().length);
    }
    const records = syncRecords([appliedEvent('s1', 100, 98)]);
    const outcomes = await runBatch(records, (stream) => detect(stream, open.among, judgedWith));
    expect(told(outcomes)).toEqual([
      ...[1, 2, 3].map((piece, index) => `0/${index} raised:low-stock:ozon:123:${piece}-0:s1`),
      '0/3 resolved:low-stock:ozon:123:1-0:s1',
    ]);
    // A piece is let go before the next one is read, but for the rest of a question.
    expect(Math.max(...open.asked.map((one) => one.length))).toBeLessThanOrEqual(1000);
    expect(handed[1]).toBeGreaterThanOrEqual(1000);
    expect(handed[2]).toBeGreaterThanOrEqual(2000);
    expect(answered[0]).toBeGreaterThan(3000);
  });

  test('times of events become milliseconds for the rules', () => {
    const base = { ...appliedEvent('s', 1, 1), at: '2026-11-22T11:05:00.000Z' };
    const { feed, source, account, snapshotId, at } = base;
    const told = (event: SyncEvent) =>
      findingsOf(event, settings()).flatMap(({ state, rule }) => (state === 'raised' ? [rule] : []));
    const look = { type: 'source-observed', feed, source, account, snapshotId, at } as const;
    expect(told({ ...look, lastSyncAt: '2026-11-22T03:04:00.000Z' })).toEqual(['source-stale']);
    expect(told({ ...look, lastSyncAt: '2026-11-22T03:06:00.000Z' })).toEqual([]);
    expect(told({ ...look, keyExpiresAt: '2026-11-29T11:05:00.000Z' })).toEqual(['key-expiring']);
    expect(told({ ...look })).toEqual([]);
    const limited = failedEvent('s', 'API_LIMITED');
    expect(told({ ...limited, notBefore: '2026-11-22T12:05:00.000Z' })).toEqual(['long-wait']);
    expect(told({ ...limited, notBefore: '2026-11-22T12:04:00.000Z' })).toEqual([]);
    const pipe = { ...look, type: 'pipeline-observed', deadLetters: 0 } as const;
    expect(told({ ...pipe, lag: { records: 1, oldestAt: '2026-11-22T10:49:00.000Z' } })).toEqual([
      'lag-growing',
    ]);
    expect(told({ ...pipe, lag: { records: 0, oldestAt: null } })).toEqual([]);
  });

  test('fails where the question about what else to judge fails', async () => {
    async function* down(): AsyncGenerator<JudgedSnapshot> {
      throw new Error('ledger down');
    }
    const outcomes = runBatch(syncRecords(DAY), (stream) => detect(stream, new Open().among, down));
    await expect(outcomes).rejects.toThrow('ledger down');
  });

  test('findings are the same of an event and of what it says; a start says nothing', () => {
    const event = appliedEvent('s1', 100, 40);
    const raised = findingsOf(event, settings()).filter(({ state }) => state === 'raised');
    expect(raised.map(({ fingerprint }) => fingerprint)).toEqual([TOTAL]);
    expect(findingsOf(failedEvent('s2', 'API_CREDENTIALS'), settings())).toMatchObject([
      { rule: 'credentials-refused', state: 'raised' },
    ]);
    const started = { ...failedEvent('s3', ''), type: 'snapshot-started' } as const;
    expect(findingsOf(started, settings())).toEqual([]);
    const products = findingsOf(changed([product({ before: 9, after: 4 })]), settings());
    expect(products.filter(({ state }) => state === 'raised').map(({ rule }) => rule)).toEqual(['low-stock']);
  });

  test('it does not matter where batches are cut', async () => {
    const product = fc.constantFrom('1', '2', '3');
    const total = fc.constantFrom(0, 80, 100, 105);
    const event = fc.oneof(
      fc.record({ before: total, after: total, out: fc.uniqueArray(product), home: fc.uniqueArray(product) }),
      fc.constantFrom('held', 'broken'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 12 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
        async (plan, cuts) => {
          const records = syncRecords(
            plan.map((one, index) => {
              if (one === 'broken') return '{';
              if (typeof one === 'string') return heldEvent(`s${index}`);
              const moved = {
                ranOut: one.out.map((id) => gone(id)),
                cameBack: one.home.map((id) => back(id)),
              };
              return appliedEvent(`s${index}`, one.before, one.after, moved);
            }),
          );
          const open = new Open();
          const inPieces: AnomalyOutcome[] = [];
          for (let from = 0; from < records.length; ) {
            const to = from + cuts.next().value;
            const outcomes = await run(records.slice(from, to), open);
            open.settle(outcomes);
            inPieces.push(...outcomes);
            from = to;
          }
          expect(told(inPieces)).toEqual(told(await run(records)));
        },
      ),
    );
  });
});
