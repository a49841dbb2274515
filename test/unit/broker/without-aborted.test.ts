import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withoutAborted } from '../../../src/broker/kafkajs-patched.js';

interface Message {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

const MARKER = { abort: Buffer.from([0, 0, 0, 0]), commit: Buffer.from([0, 0, 0, 1]) };

/** A partition as a broker would hold it: what each producer writes, and how its transactions end. */
class Partition {
  readonly messages: Message[] = [];
  private readonly begun = new Map<number, number>();
  private readonly ended: { producer: number; first: number; last: number }[] = [];
  private readonly rolledBack = new Set<number>();

  write(producer: number, key: Buffer | null = Buffer.from('k')): void {
    if (!this.begun.has(producer)) this.begun.set(producer, this.messages.length);
    this.add(producer, key, { inTransaction: true, isControlRecord: false });
  }

  plain(key: Buffer | null = null): void {
    this.add(-1, key, { inTransaction: false, isControlRecord: false });
  }

  end(producer: number, how: 'abort' | 'commit'): void {
    const first = this.begun.get(producer);
    if (first === undefined) return;
    this.begun.delete(producer);
    if (how === 'abort') {
      this.ended.push({ producer, first, last: this.messages.length });
      for (const { offset, batchContext } of this.messages.slice(first)) {
        if (batchContext.producerId === String(producer)) this.rolledBack.add(Number(offset));
      }
    }
    this.add(producer, MARKER[how], { inTransaction: true, isControlRecord: true });
  }

  /** What a fetch from this offset brings: the broker names aborted transactions in the order in which they ended. */
  fetch(from: number): {
    messages: Message[];
    abortedTransactions: { producerId: string; firstOffset: string }[];
  } {
    return {
      messages: this.messages.slice(from),
      abortedTransactions: this.ended
        .filter(({ last }) => last >= from)
        .map(({ producer, first }) => ({ producerId: String(producer), firstOffset: String(first) })),
    };
  }

  /** Offsets of the data that a reader may see from this offset on, once every transaction has ended. */
  committed(from: number): number[] {
    return this.messages
      .slice(from)
      .filter((one) => !one.isControlRecord && !this.rolledBack.has(Number(one.offset)))
      .map((one) => Number(one.offset));
  }

  private add(
    producer: number,
    key: Buffer | null,
    { inTransaction, isControlRecord }: { inTransaction: boolean; isControlRecord: boolean },
  ): void {
    const offset = String(this.messages.length);
    this.messages.push({
      offset,
      key,
      isControlRecord,
      batchContext: { producerId: String(producer), inTransaction },
    });
  }
}

const seen = (messages: readonly Message[]) =>
  messages.filter((one) => !one.isControlRecord).map((one) => Number(one.offset));

const producer = fc.integer({ min: 1, max: 4 });
const deed = fc.oneof(
  { weight: 5, arbitrary: fc.record({ what: fc.constant('write' as const), producer, trap: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constantFrom('abort' as const, 'commit' as const), producer }),
  },
  { weight: 1, arbitrary: fc.constant({ what: 'plain' as const }) },
);
const partition = fc.array(deed, { maxLength: 60 }).map((deeds) => {
  const log = new Partition();
  for (const one of deeds) {
    if (one.what === 'plain') log.plain(MARKER.abort);
    else if (one.what === 'write') log.write(one.producer, one.trap ? MARKER.abort : Buffer.from('k'));
    else log.end(one.producer, one.what);
  }
  // A read_committed fetch ends before the first transaction that is still open.
  for (const id of [1, 2, 3, 4]) log.end(id, 'commit');
  return log;
});

describe('withoutAborted', () => {
  test('hands out what is committed, and only that, wherever a fetch begins', () => {
    fc.assert(
      fc.property(partition, fc.nat(), (log, at) => {
        const from = log.messages.length === 0 ? 0 : at % log.messages.length;
        expect(seen(withoutAborted(log.fetch(from)))).toEqual(log.committed(from));
      }),
      { numRuns: 1000 },
    );
  });

  test('producers that interleave, named in the order in which they ended', () => {
    const log = new Partition();
    log.write(1);
    log.write(2);
    log.write(1);
    log.end(2, 'abort');
    log.write(3);
    log.write(1);
    log.end(1, 'abort');
    log.end(3, 'commit');
    const fetched = log.fetch(0);
    expect(fetched.abortedTransactions.map((one) => one.firstOffset)).toEqual(['1', '0']);
    expect(seen(withoutAborted(fetched))).toEqual([4]);
  });

  test('two transactions that began before the fetch', () => {
    const log = new Partition();
    for (const one of [1, 2, 1, 2]) log.write(one);
    log.end(1, 'abort');
    log.end(2, 'abort');
    expect(seen(withoutAborted(log.fetch(3)))).toEqual([]);
  });

  test('data whose key is four zero bytes ends no transaction', () => {
    const log = new Partition();
    log.write(1, MARKER.abort);
    log.write(1);
    log.end(1, 'abort');
    log.write(1, MARKER.abort);
    log.end(1, 'commit');
    expect(seen(withoutAborted(log.fetch(0)))).toEqual([3]);
  });

  test('a producer that aborts and then commits', () => {
    const log = new Partition();
    log.write(1);
    log.end(1, 'abort');
    log.write(1);
    log.end(1, 'commit');
    log.write(1);
    log.end(1, 'abort');
    expect(seen(withoutAborted(log.fetch(0)))).toEqual([2]);
  });

  test('markers are left in: they carry the position on', () => {
    const log = new Partition();
    log.write(1);
    log.end(1, 'abort');
    expect(withoutAborted(log.fetch(0)).map((one) => one.offset)).toEqual(['1']);
  });

  test('nothing to leave out', () => {
    const log = new Partition();
    log.plain();
    log.write(1);
    log.end(1, 'commit');
    const { messages } = log.fetch(0);
    for (const abortedTransactions of [undefined, null, []]) {
      const kept = withoutAborted({
        messages,
        ...(abortedTransactions === undefined ? {} : { abortedTransactions }),
      });
      expect(kept).toEqual(messages);
      expect(kept).not.toBe(messages);
    }
    expect(
      withoutAborted({ messages: [], abortedTransactions: [{ firstOffset: '1', producerId: '1' }] }),
    ).toEqual([]);
  });

  test('is what the client uses', () => {
    const require = createRequire(import.meta.url);
    expect(require('kafkajs/src/consumer/filterAbortedMessages.js')).toBe(withoutAborted);
  });
});
