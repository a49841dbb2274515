import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StockChange } from '../../../src/events/stock-change.js';
import { TOPICS } from '../../../src/events/topics.js';
import type { LogRecord } from '../../../src/ports/log-records.js';
import { MemoryWorker } from '../../support/memory-worker.js';
import { RAW_TOPIC } from '../../support/raw-log.js';
import { logs, rawPartition } from '../../support/raw-plans.js';
import { told, withoutArticle, worldOf } from './world-of.js';

describe('the checker works out of random raw logs what the program does', () => {
  const fates = new Set<string>();

  it('changes, fates of snapshots and dead letters', async () => {
    let changes = 0;
    await fc.assert(
      fc.asyncProperty(rawPartition, async ({ records }) => {
        changes += await expectSame(records, fates);
      }),
      logs(300),
    );
    expect(changes).toBeGreaterThan(1000);
    expect([...fates].sort()).toEqual(['abandoned', 'applied', 'failed', 'held', 'incomplete', 'open']);
  });

  it('also where dead letters are sent back, by a program that can read them by now', async () => {
    let mended = 0;
    await fc.assert(
      fc.asyncProperty(
        rawPartition,
        fc.array(sending, { minLength: 1, maxLength: 12 }),
        async (log, sendings) => {
          const records = withRedriven(log.records, sendings);
          await expectSame(records, fates);
          const without = worldOf(log.records).world.snapshots.filter(
            ({ fate }) => fate === 'applied',
          ).length;
          const applied = worldOf(records).world.snapshots.filter(({ fate }) => fate === 'applied').length;
          if (applied > without) mended += 1;
        },
      ),
      logs(300),
    );
    expect(mended).toBeGreaterThan(10);
  });
});

async function expectSame(records: readonly LogRecord[], fates: Set<string>): Promise<number> {
  const worker = await new MemoryWorker(records).drain();
  const { world, changes } = worldOf(records, worker);
  const published = worker.published(TOPICS.stockChanges) as StockChange[];
  // In which order the changes of one record stand is nobody's business.
  const sorted = (list: readonly unknown[]) => list.map((one) => JSON.stringify(one)).sort();
  expect(sorted(changes.map((change) => told(world, change)))).toEqual(sorted(published.map(withoutArticle)));
  for (const { fate } of world.snapshots) fates.add(fate);
  expect(world.snapshots.map(({ firstOffset, fate }) => `${firstOffset} ${fate}`).sort()).toEqual(
    worker.store
      .snapshotRows()
      .map(({ firstOffset, status }) => `${firstOffset} ${status}`)
      .sort(),
  );
  const dead = worker.outputs.filter(({ topic }) => topic === TOPICS.deadLetters);
  expect([...world.dead].map((place) => Number(place.split('/')[1])).sort()).toEqual(
    [...new Set(dead.map(({ offset }) => offset))].sort(),
  );
  return changes.length;
}

/** Which of the dead records (or, where there are none, of all), how much later, and whether it is understood by then. */
const sending = fc.record({ which: fc.nat(40), delay: fc.nat(12), mend: fc.constantFrom(true, true, false) });
type Sending = { readonly which: number; readonly delay: number; readonly mend: boolean };

/** Copies of earlier records between the rest and behind it. */
function withRedriven(log: readonly LogRecord[], sendings: readonly Sending[]): readonly LogRecord[] {
  const { dead } = worldOf(log).world;
  const bad = log.filter(({ partition, offset }) => dead.has(`${partition}/${offset}`));
  const candidates = bad.length === 0 ? log : bad;
  const records: LogRecord[] = [];
  const places = new Map<LogRecord, number>();
  const push = (record: LogRecord) => records.push({ ...record, offset: records.length }) - 1;
  for (const [at, record] of log.entries()) {
    places.set(record, push(record));
    for (const { which, delay, mend } of sendings) {
      const copied = candidates[which % candidates.length];
      if (copied === undefined || Math.min(copied.offset + delay, log.length - 1) !== at) continue;
      const headers = {
        ...copied.headers,
        'redriven-from': `${RAW_TOPIC}/${copied.partition}/${places.get(copied)}`,
      };
      const value = mend ? mended(copied.value) : copied.value;
      push({ ...copied, value, headers, timestamp: record.timestamp });
    }
  }
  return records;
}

function mended(value: Buffer | null): Buffer {
  return Buffer.from(String(value).replaceAll('"много"', '1').replaceAll('"quantity":-1', '"quantity":1'));
}
