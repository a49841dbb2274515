import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { AppError } from '../errors.js';
import type { BrokerPort, LogRange, OutputOffsets } from '../ports/broker.js';
import type { LogRecord } from '../ports/log-records.js';
import { type BrokerOptions, createKafka } from './client.js';
import { kafkaError } from './errors.js';
import { createGroupMember } from './group-member.js';
import { measuredPublisher } from './measured-publisher.js';
import { type Compression, createRawProducer, type RawProducer } from './raw-producer.js';
import { createRecordWriter, type RecordWriter } from './record-writer.js';
import { openTransactionalPublisher } from './transactional-publisher.js';

/**
 * Retriable answers of a broker that has just started; kafkajs hands them to the caller, and trips over a topic whose
 * offsets no broker has told.
 */
const NOT_READY_YET =
  /coordinator is not available|not the correct coordinator|NOT_LEADER_FOR_PARTITION|not the leader|no leader|loading|LEADER_NOT_AVAILABLE|does not host this topic|destructure property 'partitions'/i;
const READY_TRIES = 30;
/** A range of which nothing comes for so long is given up. */
const SILENCE_MS = 60_000;

/** Offsets of one partition: from the first up to, not including, the last. */
export interface ReadRange {
  readonly partition: number;
  readonly from: number;
  readonly end: number;
}

export interface GroupView {
  /** Live members; 0 where nobody consumes. */
  readonly members: number;
}

/** The broker as the rest of the program sees it: one connection for questions, and makers for the rest. */
export class Broker implements BrokerPort {
  private readonly kafka: Kafka;
  private readonly admin: Admin;
  private readonly partitionCounts = new Map<string, number>();
  private connected: Promise<void> | null = null;

  constructor(
    private readonly options: BrokerOptions & {
      readonly prefix: string;
      readonly concurrency: number;
      /** Of raw records; gzip unless told. */
      readonly compression?: Compression | undefined;
    },
  ) {
    this.kafka = createKafka(options);
    this.admin = this.kafka.admin();
  }

  member(group: string, topic: string) {
    const { sessionTimeoutMs, concurrency } = this.options;
    return createGroupMember(this.kafka, { group, topic, sessionTimeoutMs, concurrency });
  }

  rawProducer(topic: string): RawProducer {
    return createRawProducer(this.kafka, topic, this.options.compression ?? 'gzip');
  }

  /** Writes single records, of any key and bytes, to where they are told. */
  recordWriter(): RecordWriter {
    return createRecordWriter(this.kafka);
  }

  openPublisher(transactionalId: string) {
    const { prefix, metrics } = this.options;
    const partitionsOf = (topic: string) => this.partitionCount(topic);
    return measuredPublisher(
      openTransactionalPublisher(this.kafka, prefix, transactionalId, partitionsOf),
      metrics,
    );
  }

  async committed(group: string, topic: string, partition: number) {
    const topics = await this.ask(`reading offsets of ${group}`, (admin) =>
      admin.fetchOffsets({ groupId: group, topics: [topic] }),
    );
    const found = topics[0]?.partitions.find((one) => one.partition === partition);
    return found === undefined || Number(found.offset) < 0
      ? null
      : { offset: Number(found.offset), stamp: found.metadata ?? null };
  }

  async range(topic: string, partition: number): Promise<LogRange> {
    const found = (await this.offsets(topic)).find((one) => one.partition === partition);
    if (found === undefined) throw unfit(topic, `partition ${partition} does not exist`);
    return { start: Number(found.low), end: Number(found.high) };
  }

  async ends(topics: readonly string[]): Promise<OutputOffsets> {
    const ends: Record<string, number> = {};
    for (const topic of topics) {
      for (const { partition, high } of await this.offsets(topic))
        ends[`${topic}/${partition}`] = Number(high);
    }
    return ends;
  }

  async partitionCount(topic: string): Promise<number> {
    const known = this.partitionCounts.get(topic);
    if (known !== undefined) return known;
    const count = (await this.offsets(topic)).length;
    this.partitionCounts.set(topic, count);
    return count;
  }

  async group(group: string): Promise<GroupView> {
    const { groups } = await this.ask(`describing the group ${group}`, (admin) =>
      admin.describeGroups([group]),
    );
    return { members: groups[0]?.members.length ?? 0 };
  }

  /** Reads with a group of its own that is deleted afterwards: rare (a take-over whose marks say nothing). */
  async idsSince(from: OutputOffsets): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    const byTopic = new Map<string, { partition: number; from: number; end: number }[]>();
    for (const [place, offset] of Object.entries(from)) {
      const cut = place.lastIndexOf('/');
      const topic = place.slice(0, cut);
      const partition = Number(place.slice(cut + 1));
      const { start, end } = await this.range(topic, partition);
      if (end <= offset) continue;
      const list = byTopic.get(topic) ?? [];
      list.push({ partition, from: Math.max(offset, start), end });
      byTopic.set(topic, list);
    }
    for (const [topic, parts] of byTopic) {
      await this.read(topic, parts, ({ headers }) => {
        if (headers.ce_id !== undefined) ids.add(headers.ce_id);
      });
    }
    return ids;
  }

  /**
   * Reads ranges of a topic, at read_committed, with a group of its own that is deleted afterwards. Nothing is
   * committed. Records of a partition come in order; the next batch is asked for when `found` is done with this one.
   */
  async read(
    topic: string,
    parts: readonly ReadRange[],
    found: (record: LogRecord) => Promise<void> | void,
  ): Promise<void> {
    const open = new Map(parts.filter(({ from, end }) => from < end).map((part) => [part.partition, part]));
    if (open.size === 0) return;
    const group = `${this.options.prefix}.scan.${randomUUID()}`;
    const member = createGroupMember(this.kafka, { group, topic, sessionTimeoutMs: 30_000, concurrency: 1 });
    const silence = new SilenceTimer(SILENCE_MS);
    try {
      await new Promise<void>((resolve, reject) => {
        silence.onSilence(() =>
          reject(
            new AppError('KAFKA_UNAVAILABLE', `reading ${topic}: nothing came for ${SILENCE_MS / 1000} s`),
          ),
        );
        const reached = (partition: number, offset: number) => {
          silence.heard();
          const part = open.get(partition);
          if (part === undefined) return;
          open.set(partition, { ...part, from: Math.max(part.from, offset) });
          if (offset >= part.end) {
            open.delete(partition);
            member.pause(partition);
          }
          if (open.size === 0) resolve();
        };
        member
          .start({
            // Also after a rebalance: on from where each stood.
            joined: () => {
              for (const { partition, from } of open.values()) member.resumeAt(partition, from);
            },
            batch: async ({ partition, records, endOffset, heartbeat }) => {
              const part = open.get(partition);
              for (const record of records) {
                if (part === undefined || record.offset < part.from || record.offset >= part.end) continue;
                try {
                  await found(record);
                  silence.heard();
                } catch (error) {
                  reject(error as Error);
                  return false;
                }
              }
              await heartbeat();
              reached(partition, endOffset);
              return true;
            },
            skipped: reached,
            crashed: reject,
          })
          .catch(reject);
      });
    } finally {
      silence.stop();
      await member.stop();
      await this.admin.deleteGroups([group]).catch(() => undefined);
    }
  }

  private offsets(topic: string) {
    return this.ask(`reading offsets of ${topic}`, (admin) => admin.fetchTopicOffsets(topic));
  }

  /** Asks the broker, again while it says that it is not ready yet. */
  async ask<T>(doing: string, question: (admin: Admin) => Promise<T>): Promise<T> {
    await this.connect();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await question(this.admin);
      } catch (error) {
        const notReady =
          error instanceof Error &&
          NOT_READY_YET.test(`${error.message} ${(error as { type?: string }).type}`);
        if (!notReady || attempt >= READY_TRIES) throw kafkaError(error, doing);
        await delay(Math.min(20 * attempt, 500));
      }
    }
  }

  connect(): Promise<void> {
    this.connected ??= this.admin.connect().catch((error: unknown) => {
      this.connected = null;
      throw kafkaError(error, `connecting to ${this.options.brokers.join(', ')}`);
    });
    return this.connected;
  }

  async close(): Promise<void> {
    if (this.connected !== null) await this.admin.disconnect().catch(() => undefined);
  }
}

function unfit(topic: string, problem: string): AppError {
  return new AppError('TOPIC_UNFIT', `topic ${topic}: ${problem}`, {
    remedy: 'run `inventory-sync topics create`',
  });
}

/** Tells when nothing was heard for a while. */
class SilenceTimer {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly ms: number) {}

  onSilence(tell: () => void): void {
    this.timer = setTimeout(tell, this.ms);
  }

  heard(): void {
    this.timer?.refresh();
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
