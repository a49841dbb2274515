import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { TOPICS, topicOf } from '../../../src/events/topics.js';
import { ConsoleConsumer, type SeenRecord } from './console-consumer.js';
import { logEnds } from './log-ends.js';

export interface LiveReaderOptions {
  /** `host:port,…` */
  readonly brokers: string;
  /** Topic prefix. */
  readonly prefix: string;
  /** Gets a JSON object a line: partition, offset, key, value, headers. */
  readonly file: string;
  /** How long {@link LiveReader.stop} may wait for the end of what is committed; 90 s by default. */
  readonly drainMs?: number;
}

export interface LiveReader {
  /** Records written so far. */
  readonly records: () => number;
  /**
   * Reads to the end of what is committed by now, and ends.
   * @throws Error when the end is not reached in time
   */
  stop(): Promise<void>;
}

/** Between two starts of a consumer that has died. */
const RESTART_MS = 500;

/**
 * Reads stock-changes.v1 read_committed with Kafka's own console consumer while faults go on, into a file. The Java
 * client finds back to a broker that was away; a consumer that died is started anew. What is read again so is written
 * once, unless another record stands in its place now: the log was rewritten, and the checker is to see it.
 */
export async function startLiveReader(options: LiveReaderOptions): Promise<LiveReader> {
  const { brokers, prefix, drainMs = 90_000 } = options;
  const topic = topicOf(prefix, TOPICS.stockChanges);
  const file = openSync(options.file, 'w');
  const seen = new SeenOffsets();
  const positions = new Map<number, number>();
  const complaints: string[] = [];
  let written = 0;
  let stopping = false;

  const start = () =>
    ConsoleConsumer.start({
      brokers,
      topic,
      onRecord: (record) => {
        if (!seen.isNews(record)) return;
        writeSync(file, `${JSON.stringify(lineOf(record))}\n`);
        written += 1;
      },
      onLog: (line) => notePosition(line, positions, complaints),
    });
  let consumer = await start();
  const alive = (async () => {
    for (;;) {
      await consumer.ended.catch((error: unknown) => complaints.push(String(error)));
      if (stopping) return;
      positions.clear();
      await delay(RESTART_MS);
      if (stopping) return;
      consumer = await start();
    }
  })();

  return {
    records: () => written,
    async stop() {
      let reached = false;
      try {
        reached = await drained(() => logEnds(brokers, topic, 'latest'), positions, Date.now() + drainMs);
      } finally {
        stopping = true;
        consumer.finish();
        await alive;
        closeSync(file);
      }
      if (reached) return;
      throw new Error(
        `the live reader did not come to the end of ${topic} in ${drainMs} ms:\n${complaints.slice(-8).join('\n')}`,
      );
    },
  };
}

async function drained(
  ends: () => Promise<ReadonlyMap<number, number>>,
  positions: ReadonlyMap<number, number>,
  until: number,
): Promise<boolean> {
  const wanted = await ends();
  for (;;) {
    if ([...wanted].every(([partition, end]) => end === 0 || (positions.get(partition) ?? 0) >= end))
      return true;
    if (Date.now() > until) return false;
    await delay(50);
  }
}

/** A request for the next records names where the consumer stands; its markers of transactions count as read. */
function notePosition(line: string, positions: Map<number, number>, complaints: string[]): void {
  const match = /fetch request for partition \S+-(\d+) at position FetchPosition\{offset=(\d+)/.exec(line);
  if (match !== null) positions.set(Number(match[1]), Number(match[2]));
  else if (!/^(AbstractFetch|ConsumerRebalanceListenerInvoker) |KIP-848/.test(line)) {
    complaints.push(line);
    if (complaints.length > 100) complaints.shift();
  }
}

function lineOf({ partition, offset, key, value, headers }: SeenRecord) {
  return { partition, offset, key: key?.toString() ?? null, value: value?.toString() ?? null, headers };
}

/** Which records were written: four bytes for each offset, whatever the length of the run. */
class SeenOffsets {
  private readonly partitions = new Map<number, Int32Array>();

  isNews({ partition, offset, value, headers }: SeenRecord): boolean {
    const sums = this.room(partition, offset);
    // Zero stands for a place that nothing was read from.
    const sum = crc32(value ?? '', crc32(headers.ce_id ?? '')) | 0 || 1;
    if (sums[offset] === sum) return false;
    sums[offset] = sum;
    return true;
  }

  private room(partition: number, offset: number): Int32Array {
    const sums = this.partitions.get(partition) ?? new Int32Array(1024);
    let roomy = sums;
    if (offset >= sums.length) {
      roomy = new Int32Array(2 * (offset + 1));
      roomy.set(sums);
    }
    this.partitions.set(partition, roomy);
    return roomy;
  }
}
