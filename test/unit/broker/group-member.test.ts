import type { Kafka } from 'kafkajs';
import { beforeEach, describe, expect, it } from 'vitest';
import { createGroupMember } from '../../../src/broker/group-member.js';
import type { GroupMember } from '../../../src/ports/broker.js';

type Listener = (event: { payload: Record<string, unknown> }) => void;

/** A consumer that only notes what it is told, and tells what the client would tell. */
class FakeConsumer {
  readonly deeds: string[] = [];
  readonly events = { GROUP_JOIN: 'join', END_BATCH_PROCESS: 'end', CRASH: 'crash' };
  options: Record<string, unknown> = {};
  private readonly listeners = new Map<string, Listener>();

  get kafka(): Kafka {
    return {
      consumer: (options: Record<string, unknown>) => {
        this.options = options;
        return this;
      },
    } as unknown as Kafka;
  }

  on(event: string, listener: Listener): void {
    this.listeners.set(event, listener);
  }
  tell(event: string, payload: Record<string, unknown>): void {
    this.listeners.get(event)?.({ payload });
  }
  async connect(): Promise<void> {
    this.deeds.push('connect');
  }
  async disconnect(): Promise<void> {
    this.deeds.push('disconnect');
  }
  async subscribe(what: object): Promise<void> {
    this.deeds.push(`subscribe ${JSON.stringify(what)}`);
  }
  async run(how: Record<string, unknown>): Promise<void> {
    this.deeds.push(`run autoCommit=${String(how.autoCommit)}`);
  }
  /** Between a crash and the next membership. */
  without = false;
  private refuseWithout(): void {
    if (this.without)
      throw new Error('Consumer group was not initialized, consumer#run must be called first');
  }
  pause(what: readonly { partitions: number[] }[]): void {
    this.refuseWithout();
    this.deeds.push(`pause ${what[0]?.partitions.join(',')}`);
  }
  resume(what: readonly { partitions: number[] }[]): void {
    this.deeds.push(`resume ${what[0]?.partitions.join(',')}`);
  }
  seek({ partition, offset }: { partition: number; offset: string }): void {
    this.refuseWithout();
    if (partition < 0) throw new Error('no such partition');
    this.deeds.push(`seek ${partition} to ${offset}`);
  }
}

describe('a member of a group', () => {
  let consumer: FakeConsumer;
  let member: GroupMember;
  let told: string[];

  beforeEach(async () => {
    consumer = new FakeConsumer();
    told = [];
    member = createGroupMember(consumer.kafka, {
      ...{ group: 'g', topic: 't', sessionTimeoutMs: 6_000, concurrency: 2 },
    });
    await member.start({
      joined: (partitions) => told.push(`joined ${partitions.join(',')}, after ${consumer.deeds.at(-1)}`),
      batch: async () => true,
      skipped: (partition, end) => told.push(`skipped ${partition} to ${end}`),
      crashed: (error) => told.push(`crashed ${(error as Error).message}`),
    });
  });

  it('has nothing to pause or resume while the client starts anew, and hides no other error', () => {
    consumer.without = true;
    member.pause(1);
    member.resumeAt(1, 5);
    consumer.without = false;
    member.resumeAt(1, 5);
    expect(consumer.deeds.slice(3)).toEqual(['seek 1 to 5', 'resume 1']);
    expect(() => member.resumeAt(-1, 5)).toThrow('no such partition');
  });

  it('never lets the client skip to the end of a log, commit by itself or make a topic', () => {
    expect(consumer.deeds).toEqual([
      'connect',
      'subscribe {"topic":"t","fromBeginning":true}',
      'run autoCommit=false',
    ]);
    expect(consumer.options).toMatchObject({ allowAutoTopicCreation: false, readUncommitted: false });
  });

  it('pauses what it is given before anybody is told, so that nothing is read before the take-over', () => {
    consumer.tell('join', { memberAssignment: { t: [4, 7] } });
    expect(told).toEqual(['joined 4,7, after pause 4,7']);
  });

  it('seeks before it resumes', () => {
    member.resumeAt(4, 90);
    expect(consumer.deeds.slice(-2)).toEqual(['seek 4 to 90', 'resume 4']);
  });

  it('tells of batches that held only transaction markers', () => {
    consumer.tell('end', { batchSize: 0, partition: 4, lastOffset: '99' });
    consumer.tell('end', { batchSize: 3, partition: 4, lastOffset: '103' });
    expect(told).toEqual(['skipped 4 to 100']);
  });

  it('tells of a crash after which the client would stay up and idle for ever, and of no other', async () => {
    const error = new Error('The coordinator is not aware of this member');
    consumer.tell('crash', { restart: true, error });
    expect(told).toEqual([]);
    consumer.tell('crash', { restart: false, error });
    expect(told).toEqual([expect.stringContaining('crashed Kafka: reading t as g: The coordinator')]);
    await member.stop();
    consumer.tell('crash', { restart: false, error });
    expect(told).toHaveLength(1);
  });
});
