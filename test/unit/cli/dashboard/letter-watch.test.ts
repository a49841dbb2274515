import { beforeEach, describe, expect, it } from 'vitest';
import type { ReadRange } from '../../../../src/broker/broker.js';
import { LetterWatch } from '../../../../src/cli/dashboard/letter-watch.js';
import { deadLetter } from '../../../../src/events/dead-letter.js';
import type { LogRecord } from '../../../../src/ports/log-records.js';

const TOPIC = 'inventory.dead-letters.v1';
const MOST = 5;

/** A topic of letters in two partitions; a transaction's marker takes an offset behind each of them. */
class FakeTopic {
  #logs: LogRecord[][] = [[], []];
  #starts = [0, 0];
  #ends = [0, 0];
  #time = 0;
  /** Offsets that were read. */
  read: string[] = [];
  isAway = false;

  /** @param why names the letter */
  put(partition: number, why: string): void {
    this.#time += 1;
    const offset = this.#ends[partition] ?? 0;
    const record = { topic: 'raw', partition, offset, timestamp: 0, key: 'k', value: null, headers: {} };
    const { headers } = deadLetter(record, {
      ...{ prefix: 'inventory', incarnation: this.#time, index: 0, group: 'g', stage: 'decode', attempts: 1 },
      error: new Error(why),
    });
    const place = { topic: TOPIC, partition, offset, timestamp: this.#time };
    this.#logs[partition]?.push({ ...place, key: 'k', value: null, headers });
    this.#ends[partition] = offset + 2;
  }

  retain(partition: number, from: number): void {
    this.#starts[partition] = from;
    this.#logs[partition] = (this.#logs[partition] ?? []).filter(({ offset }) => offset >= from);
  }

  makeAnew(): void {
    this.#logs = [[], []];
    this.#starts = [0, 0];
    this.#ends = [0, 0];
  }

  readonly broker = {
    partitionCount: async () => 2,
    range: async (_: string, partition: number) => ({
      start: this.#starts[partition] ?? 0,
      end: this.#ends[partition] ?? 0,
    }),
    read: async (_: string, parts: readonly ReadRange[], found: (record: LogRecord) => unknown) => {
      for (const { partition, from, end } of parts)
        for (const record of this.#logs[partition] ?? []) {
          if (record.offset < from || record.offset >= end) continue;
          this.read.push(`${partition}/${record.offset}`);
          await found(record);
          if (this.isAway) throw new Error('the broker is gone');
        }
    },
  };
}

describe('the newest dead letters', () => {
  let topic: FakeTopic;
  let watch: LetterWatch;
  const newest = async () => {
    topic.read = [];
    return (await watch.newest(topic.broker)).map(({ letter }) => letter.message);
  };
  beforeEach(() => {
    topic = new FakeTopic();
    watch = new LetterWatch('inventory', MOST);
    for (const why of ['a', 'b', 'c']) topic.put(0, why);
    topic.put(1, 'd');
  });

  it('are read once: what is new is read from the newest that is known', async () => {
    expect(await newest()).toEqual(['a', 'b', 'c', 'd']);
    expect(topic.read).toHaveLength(4);
    expect(await newest()).toHaveLength(4);
    expect(topic.read).toEqual([]);
    topic.put(0, 'e');
    expect(await newest()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(topic.read).toEqual(['0/4', '0/6']);
  });

  it('are so many and no more', async () => {
    for (let count = 0; count < 30; count += 1) topic.put(count % 2, String(count));
    expect(await newest()).toEqual(['25', '26', '27', '28', '29']);
  });

  it('go when the topic no longer keeps them', async () => {
    await newest();
    topic.retain(0, 4);
    expect(await newest()).toEqual(['c', 'd']);
    expect(topic.read).toEqual([]);
    topic.retain(0, 6);
    topic.put(0, 'e');
    expect(await newest()).toEqual(['d', 'e']);
    expect(topic.read).toEqual(['0/6']);
  });

  it('are those of a topic that was made anew, also where it is as long as the old one', async () => {
    await newest();
    topic.makeAnew();
    topic.put(0, 'x');
    expect(await newest()).toEqual(['x']);
    topic.makeAnew();
    for (const why of ['y', 'z']) topic.put(0, why);
    expect(await newest()).toEqual(['y', 'z']);
  });

  it('lose nothing when the broker goes while they are read', async () => {
    await newest();
    topic.put(0, 'e');
    topic.put(0, 'f');
    topic.isAway = true;
    await expect(newest()).rejects.toThrow('gone');
    topic.isAway = false;
    expect(await newest()).toEqual(['b', 'c', 'd', 'e', 'f']);
  });
});
