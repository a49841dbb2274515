import { randomUUID } from 'node:crypto';
import type { Broker } from '../../broker/broker.js';
import { AppError } from '../../errors.js';
import type { GroupMember } from '../../ports/broker.js';
import type { LogRecord } from '../../ports/log-records.js';

export interface RangeReaderOptions {
  readonly broker: Broker;
  readonly prefix: string;
  readonly topic: string;
  /** Partition → first offset to read. */
  readonly from: ReadonlyMap<number, number>;
  /** Records of a partition, in order and without gaps. What it throws ends the reading, and is in {@link failure}. */
  readonly records: (
    partition: number,
    records: readonly LogRecord[],
    heartbeat: () => Promise<void>,
  ) => Promise<void>;
}

/** Reads partitions from given offsets on, as a group of its own that commits nothing and is removed at the end. */
export class RangeReader {
  /** Partition → next offset. */
  readonly positions: Map<number, number>;
  failure: unknown;
  readonly #group: string;
  readonly #member: GroupMember;
  readonly #working = new Map<number, Promise<unknown>>();
  #stopped = false;

  constructor(private readonly options: RangeReaderOptions) {
    const { broker, prefix, topic, from } = options;
    this.positions = new Map(from);
    this.#group = `${prefix}.replay.${randomUUID()}`;
    this.#member = broker.member(this.#group, topic);
  }

  async start(): Promise<void> {
    await this.#member.start({
      joined: () => {
        for (const [partition, offset] of this.positions) this.#member.resumeAt(partition, offset);
      },
      batch: ({ partition, records, heartbeat }) => {
        const work = this.#batch(partition, records, heartbeat);
        this.#working.set(
          partition,
          work.catch(() => undefined),
        );
        return work;
      },
      skipped: () => undefined,
      crashed: (error) => this.#fail(error),
    });
  }

  /** Resolves when nothing is being worked on any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#working.values());
    await this.#member.stop();
    await this.options.broker
      .ask('removing a group', (admin) => admin.deleteGroups([this.#group]))
      .catch(() => undefined);
  }

  async #batch(
    partition: number,
    records: readonly LogRecord[],
    heartbeat: () => Promise<void>,
  ): Promise<boolean> {
    const position = this.positions.get(partition);
    if (this.#stopped || this.failure !== undefined || position === undefined) return false;
    // After a settling of the group a fetch from before it may still come in.
    const fresh = records.filter(({ offset }) => offset >= position);
    const [first] = fresh;
    let beat: unknown;
    try {
      if (first !== undefined && first.offset !== position) throw gap(first, position);
      await this.options.records(partition, fresh, () =>
        heartbeat().catch((error: unknown) => {
          beat = error;
          throw error;
        }),
      );
      this.positions.set(partition, Math.max(position, (fresh.at(-1)?.offset ?? -1) + 1));
      return true;
    } catch (error) {
      // The client has to learn that it must join again; what was done stays done, and is passed over then.
      if (beat !== undefined) throw beat;
      this.#fail(error);
      return false;
    }
  }

  #fail(error: unknown): void {
    this.failure ??= error;
  }
}

function gap({ topic, partition, offset }: LogRecord, position: number): AppError {
  return new AppError(
    'TOPIC_DIVERGED',
    `${topic}/${partition} no longer holds ${position} to ${offset - 1}`,
    {
      remedy: 'discard this replay, and begin another one',
    },
  );
}
