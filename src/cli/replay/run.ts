import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Broker } from '../../broker/broker.js';
import { ShadowFeed, type ShadowOptions } from '../../consumers/replay-shadow.js';
import { isOurStamp } from '../../consumers/stamp.js';
import type { ShrinkLimits } from '../../domain/shrink-guard.js';
import { AppError, fateOf } from '../../errors.js';
import { EVENT_TYPES, envelope } from '../../events/envelope.js';
import type { GenerationReady } from '../../events/raw-snapshot.js';
import { groupOf } from '../../events/topics.js';
import type { LogRecord } from '../../ports/log-records.js';
import type { RawLog } from '../../ports/raw-log.js';
import type { ReplayFeedRow, ReplayPartition, ReplayStore } from '../../store/replay-store.js';
import type { InProcessReason } from '../sync/applied-wait.js';
import { RangeReader } from './range-reader.js';

export interface ReplayDeps {
  readonly generation: number;
  /** This process, among those that may work on the replay. */
  readonly owner: string;
  readonly store: ReplayStore;
  readonly broker: Broker;
  readonly raw: RawLog;
  readonly topic: string;
  readonly shadow: ShadowOptions;
  readonly limits: ShrinkLimits;
  readonly acceptAbsences: boolean;
  readonly publishedOffset: (group: string, topic: string, partition: number) => Promise<number | null>;
  /** Runs the consumers in this process, from its first call on; their error, if any. */
  readonly runInProcess: (reason: InProcessReason) => void;
  readonly failure: () => unknown;
  readonly signal: AbortSignal;
  readonly tell: ReplayTeller;
  /** How long to wait without anything going on, in milliseconds. */
  readonly patienceMs: number;
}

export interface ReplayTeller {
  /** Records read, of so many in the log. */
  progress(done: number, total: number): void;
  /** All is folded that was there: the owners of the partitions are waited for. */
  announced(feeds: number): void;
}

/** So near to the log's end the announcement overtakes nothing that would keep its reader waiting. */
const NEAR_RECORDS = 8;
const POLL_MS = 100;
const STALL_MS = 30_000;
const RETRY_MS = 1_000;

/**
 * Folds a replay to the log's end, announces it, and waits until the owners have exchanged the rows. Ended at any
 * moment it leaves the live state alone, and goes on from where it was.
 */
export class ReplayRun {
  readonly #shadows = new Map<string, ShadowFeed>();
  readonly #partitions = new Map<number, ReplayPartition>();
  readonly #announced = new Set<number>();
  #reader: RangeReader | undefined;
  /** Ends of the partitions when the reading began: all of that is folded before anything is announced. */
  #wasThere: ReadonlyMap<number, number> | undefined;
  #movedAt = performance.now();
  #signature = '';

  constructor(private readonly deps: ReplayDeps) {}

  /** @throws TIMED_OUT where nothing went on for `patienceMs`; the signal's reason; whatever went wrong */
  async toItsEnd(): Promise<readonly ReplayFeedRow[]> {
    const { store, generation, owner, signal } = this.deps;
    for (;;) {
      try {
        await this.#fold();
        const feeds = await store.feeds(generation);
        await this.#untilPublished(feeds);
        return feeds;
      } catch (error) {
        if (signal.aborted || fateOf(error) !== 'retry' || this.#isLate()) throw error;
        // A server was away, and what it did last is in doubt: begun anew from what is in the tables.
        await delay(RETRY_MS);
        await store.takeOver(generation, owner, owner).catch(ignoreTransient);
      }
    }
  }

  async #fold(): Promise<void> {
    const { broker, topic, shadow } = this.deps;
    await this.#open();
    const from = new Map<number, number>();
    for (const { partition, next } of this.#partitions.values()) {
      const starts = this.#of(partition).map(({ readFrom }) => readFrom);
      if (starts.some(Number.isFinite)) from.set(partition, Math.min(next, ...starts));
    }
    const records = (partition: number, list: readonly LogRecord[], beat: () => Promise<void>) =>
      this.#records(partition, list, beat);
    this.#reader = new RangeReader({ broker, prefix: shadow.prefix, topic, from, records });
    try {
      if (from.size > 0) await this.#reader.start();
      await this.#untilDecided();
    } finally {
      await this.#reader.stop();
    }
  }

  async #open(): Promise<void> {
    const { store, generation, owner, broker, topic, shadow } = this.deps;
    this.#shadows.clear();
    this.#announced.clear();
    for (const one of await store.partitions(generation)) this.#partitions.set(one.partition, one);
    for (const shadowStore of await store.shadows(generation, owner)) {
      const { incarnation, life, partition } = this.#partitions.get(shadowStore.partition) as ReplayPartition;
      const { start } = await broker.range(topic, partition);
      const place = { topic, incarnation, life, partition, logStart: start };
      this.#shadows.set(shadowStore.key, await ShadowFeed.open(shadowStore, place, shadow));
    }
  }

  #of(partition: number): ShadowFeed[] {
    return [...this.#shadows.values()].filter((shadow) => shadow.partition === partition);
  }

  async #records(partition: number, records: readonly LogRecord[], beat: () => Promise<void>): Promise<void> {
    for (const shadow of this.#of(partition)) await shadow.take(records, beat);
    const { store, generation, owner } = this.deps;
    const next = (records.at(-1)?.offset ?? -1) + 1;
    if (next > 0) await store.reached(generation, owner, partition, next);
  }

  async #untilDecided(): Promise<void> {
    for (;;) {
      this.#refuse();
      let due: readonly number[] = [];
      try {
        due = await this.#caughtUp();
        if (due.length === 0 && this.#isAnnounced && (await this.#isDecided())) return;
      } catch (error) {
        // A server that is away for a moment is no reason to give up.
        if (fateOf(error) !== 'retry' || this.#isLate()) throw error;
      }
      // Not tried again: whether a record that was not acknowledged is in the log nobody knows.
      for (const partition of due) await this.#announce(partition);
      if (this.#isLate()) throw this.#late();
      await delay(POLL_MS);
    }
  }

  /** Partitions that have now been read to the log's end, nearly. */
  async #caughtUp(): Promise<readonly number[]> {
    const { broker, topic } = this.deps;
    const ends = await broker.ends([topic]);
    this.#tellProgress(ends);
    const positions = [...this.#positions];
    if (!this.#isAnnounced) this.#note(JSON.stringify(positions));
    const end = (partition: number) => ends[`${topic}/${partition}`] ?? 0;
    this.#wasThere ??= new Map(positions.map(([partition]) => [partition, end(partition)]));
    const wasThere = this.#wasThere;
    return positions
      .filter(([partition, position]) => position >= (wasThere.get(partition) ?? 0))
      .filter(([partition, position]) => end(partition) - position <= NEAR_RECORDS)
      .map(([partition]) => partition)
      .filter((partition) => !this.#announced.has(partition));
  }

  async #isDecided(): Promise<boolean> {
    const feeds = await this.deps.store.feeds(this.deps.generation);
    if (feeds.every(({ announced, outcome }) => !announced || outcome !== null)) return true;
    this.#note(JSON.stringify([feeds, [...this.#positions]]));
    await this.#care();
    return false;
  }

  get #positions(): ReadonlyMap<number, number> {
    return this.#reader?.positions ?? new Map();
  }

  get #isAnnounced(): boolean {
    return this.#announced.size >= this.#positions.size;
  }

  /** Feeds of the partition that have a whole snapshot: their owner is told where they stand. */
  async #announce(partition: number): Promise<void> {
    const {
      raw,
      generation,
      limits,
      acceptAbsences,
      shadow: { prefix },
    } = this.deps;
    for (const shadow of this.#of(partition)) {
      if (shadow.isFrozen || shadow.isAnnounced || !shadow.counts) continue;
      const token = randomUUID();
      const readyAt = new Date().toISOString();
      const event: GenerationReady = {
        ...{ type: 'generation-ready', feed: shadow.key, generation, token, readyAt },
        ...{ limits: { ...limits }, acceptAbsences },
      };
      const headers = envelope({
        ...{ id: `replay/${generation}/${token}`, type: EVENT_TYPES.generationReady, prefix, time: readyAt },
      });
      await shadow.announce(token);
      await raw.append(partition, [{ key: shadow.key, value: JSON.stringify(event), headers }]);
    }
    this.#announced.add(partition);
    if (!this.#isAnnounced) return;
    await this.deps.store.mark(generation, 'ready', this.deps.owner);
    this.deps.tell.announced([...this.#shadows.values()].filter((one) => one.isAnnounced).length);
  }

  /** Nobody there who would exchange the rows, or nobody who gets on with it: then this process does it. */
  async #care(): Promise<void> {
    if (performance.now() - this.#movedAt >= STALL_MS) this.deps.runInProcess('stalled');
    const { members } = await this.deps.broker.group(this.#group);
    if (members === 0) this.deps.runInProcess('no-worker');
  }

  /** Exchanged is not yet published. */
  async #untilPublished(feeds: readonly ReplayFeedRow[]): Promise<void> {
    const { broker, topic, publishedOffset } = this.deps;
    for (const { partition, readyOffset, outcome } of feeds) {
      if (outcome !== 'swapped' || readyOffset === null) continue;
      const { life } = this.#partitions.get(partition) as ReplayPartition;
      for (this.#note(`${partition}/${readyOffset}`); ; await delay(POLL_MS)) {
        this.#refuse();
        const mark = await broker.committed(this.#group, topic, partition);
        const isStamped = mark !== null && isOurStamp(mark.stamp, life, mark.offset);
        if (isStamped && mark.offset > readyOffset) break;
        if (((await publishedOffset(this.#group, topic, partition)) ?? 0) > readyOffset) break;
        await this.#care();
        if (this.#isLate()) throw this.#late();
      }
    }
  }

  get #group(): string {
    return groupOf(this.deps.shadow.prefix, 'projector');
  }

  #refuse(): void {
    const { signal, failure } = this.deps;
    if (signal.aborted) throw signal.reason;
    const trouble = this.#reader?.failure ?? failure();
    if (trouble !== undefined) throw trouble;
  }

  #tellProgress(ends: Readonly<Record<string, number>>): void {
    let [done, total] = [0, 0];
    for (const [partition, position] of this.#positions) {
      const from = this.#partitions.get(partition)?.from ?? 0;
      total += Math.max(0, (ends[`${this.deps.topic}/${partition}`] ?? 0) - from);
      done += Math.max(0, position - from);
    }
    this.deps.tell.progress(done, total);
  }

  #note(signature: string): void {
    if (signature !== this.#signature) this.#movedAt = performance.now();
    this.#signature = signature;
  }

  #isLate(): boolean {
    return performance.now() - this.#movedAt >= this.deps.patienceMs;
  }

  #late(): AppError {
    const seconds = Math.round(this.deps.patienceMs / 1000);
    return new AppError('TIMED_OUT', `for ${seconds} s nothing went on with replay ${this.deps.generation}`, {
      remedy: `look into the log of the workers; then run \`inventory-sync replay --resume ${this.deps.generation} --execute\``,
    });
  }
}

/** What is tried again in a moment anyhow. */
function ignoreTransient(error: unknown): void {
  if (fateOf(error) !== 'retry') throw error;
}
