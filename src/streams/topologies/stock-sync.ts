import { concatMap, map, type Observable, type OperatorFunction, pipe } from 'rxjs';
import { type Feed, isCatalogue } from '../../domain/feed.js';
import { type GenerationReady, rawEventReader, typeOfRaw } from '../../events/raw-snapshot.js';
import type { LogRecord } from '../../ports/log-records.js';
import type { NormaliserOf } from '../../ports/marketplace.js';
import { CatalogueFold } from '../catalogue-fold.js';
import type { Effect, RecordEffects } from '../effects.js';
import type { FeedMemory } from '../feed-memory.js';
import { decodeRecord } from '../operators/decode-json-event.js';
import { normaliseDecoded, type ReadyRecord } from '../operators/normalise-page.js';
import { readPlainPage } from '../operators/read-plain-page.js';
import type { SnapshotFold } from '../snapshot-fold.js';
import { StockFold } from '../stock-fold.js';

/** Where the topology finds what its owner remembers of a feed. */
export type MemoryOf = (feed: Feed, partition: number) => Promise<FeedMemory>;

/** What follows from a replay that is ready. */
export type SwapGeneration = (
  memory: FeedMemory,
  record: LogRecord,
  event: GenerationReady,
) => Promise<readonly Effect[]>;

/** Raw records as they are read: bytes → event → rows in our own terms. */
export function readRaw(normaliserOf: NormaliserOf): OperatorFunction<LogRecord, ReadyRecord> {
  return map(
    (record) =>
      readPlainPage(record, normaliserOf) ??
      normaliseDecoded(decodeRecord(rawEventReader, record, typeOfRaw), normaliserOf),
  );
}

/** decode → normalise → diff against prior state → judge completeness: all that follows from raw records, in order. */
export function stockSync(
  normaliserOf: NormaliserOf,
  memoryOf: MemoryOf,
  swap: SwapGeneration = async () => [],
): (records: Observable<LogRecord>) => Observable<RecordEffects> {
  return pipe(
    readRaw(normaliserOf),
    concatMap(async (ready) => ({ record: ready.record, effects: await fold(ready, memoryOf, swap) })),
  );
}

/** What folds the records of a feed. */
export function foldOf(memory: FeedMemory): SnapshotFold {
  return isCatalogue(memory.feed) ? new CatalogueFold(memory) : new StockFold(memory);
}

async function fold(
  ready: ReadyRecord,
  memoryOf: MemoryOf,
  swap: SwapGeneration,
): Promise<readonly Effect[]> {
  const { record, feed } = ready;
  if (feed === null) return ready.ok ? [] : [{ kind: 'dead-letter', problem: ready.problem }];
  const memory = await memoryOf(feed, record.partition);
  if (ready.ok && ready.event.type === 'generation-ready') return swap(memory, record, ready.event);
  const folding = foldOf(memory);
  return ready.ok ? folding.apply(record, ready.event, ready.page) : folding.reject(record, ready.problem);
}
