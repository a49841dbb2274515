import { isOurStamp } from '../../consumers/stamp.js';
import { AppError, fateOf } from '../../errors.js';
import { groupOf, TOPICS, topicOf } from '../../events/topics.js';
import type { CommittedMark } from '../../ports/broker.js';
import type { SnapshotOutcome, SnapshotStatusReader } from '../../ports/snapshot-status.js';
import type { EndedSnapshot } from './tracked-log.js';

const POLL_MS = 100;
const MEMBERS_MS = 1_000;
/** A projector that does not move for this long while our snapshot waits gets help. */
const STALL_MS = 30_000;

export type InProcessReason = 'no-worker' | 'stalled';

export interface AppliedWaitDeps {
  readonly status: SnapshotStatusReader;
  readonly broker: {
    committed(group: string, topic: string, partition: number): Promise<CommittedMark | null>;
    group(group: string): Promise<{ readonly members: number }>;
  };
  readonly prefix: string;
  /** Runs the consumers in this process, from its first call on. */
  readonly runInProcess: (reason: InProcessReason) => void;
  /** The error that ended the consumers in this process, if any. */
  readonly failure: () => unknown;
  /** How long to wait without anything going on, in milliseconds. */
  readonly patienceMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Waits until what a run published is in the tables and in the topics. */
export class AppliedWait {
  readonly #group: string;
  readonly #topic: string;

  constructor(private readonly deps: AppliedWaitDeps) {
    this.#group = groupOf(deps.prefix, 'projector');
    this.#topic = topicOf(deps.prefix, TOPICS.rawSnapshots);
  }

  /**
   * @throws the signal's reason where it fires; what ended the consumers in this process; TIMED_OUT where nothing
   *   went on for `patienceMs`
   */
  async until(
    wanted: readonly Pick<EndedSnapshot, 'snapshotId' | 'partition'>[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, SnapshotOutcome>> {
    const watch = new Watch(wanted, this.deps.now());
    for (;;) {
      if (signal.aborted) throw signal.reason;
      const failure = this.deps.failure();
      if (failure !== undefined) throw failure;
      try {
        await this.#look(watch);
        if (watch.pending.size === 0) return watch.done;
        await this.#care(watch);
      } catch (error) {
        // A server that is away for a moment is no reason to give up: what was read is safe, and goes on being safe.
        if (fateOf(error) !== 'retry') throw error;
        watch.trouble = error;
      }
      if (this.deps.now() - watch.movedAt >= this.deps.patienceMs) throw watch.trouble ?? this.#late(watch);
      await this.deps.sleep(POLL_MS);
    }
  }

  async #look(watch: Watch): Promise<void> {
    const marks = await this.#marks(watch);
    const found = await this.deps.status.statusOf([...watch.pending.keys()]);
    watch.note(JSON.stringify([[...marks], [...found]]), this.deps.now());
    for (const [snapshotId, outcome] of found) {
      if (await this.#isPublished(outcome, marks.get(outcome.partition) ?? null))
        watch.settle(snapshotId, outcome);
    }
  }

  async #marks(watch: Watch): Promise<Map<number, CommittedMark | null>> {
    const marks = new Map<number, CommittedMark | null>();
    for (const partition of new Set([...watch.pending.values()])) {
      marks.set(partition, await this.deps.broker.committed(this.#group, this.#topic, partition));
    }
    return marks;
  }

  /** Applied is not yet published: the group's own mark says so, or the note in the checkpoint, which comes later. */
  async #isPublished(outcome: SnapshotOutcome, mark: CommittedMark | null): Promise<boolean> {
    const { lastOffset, life, partition } = outcome;
    if (lastOffset === null) return false;
    if (mark !== null && mark.offset > lastOffset && isOurStamp(mark.stamp, life, mark.offset)) return true;
    const published = await this.deps.status.publishedOffset(this.#group, this.#topic, partition);
    return published !== null && published > lastOffset;
  }

  /** Nobody there, or nobody who gets on with it: then this process does it. */
  async #care(watch: Watch): Promise<void> {
    const now = this.deps.now();
    if (now - watch.movedAt >= STALL_MS) this.deps.runInProcess('stalled');
    if (now < watch.askMembersAt) return;
    watch.askMembersAt = now + MEMBERS_MS;
    const { members } = await this.deps.broker.group(this.#group);
    if (members === 0) this.deps.runInProcess('no-worker');
  }

  #late(watch: Watch): AppError {
    const seconds = Math.round((this.deps.now() - watch.movedAt) / 1000);
    return new AppError(
      'TIMED_OUT',
      `what was read is safe in Kafka, but for ${seconds} s nothing of it has been applied`,
      { remedy: 'look into the log of the workers; the next worker or the next sync applies it' },
    );
  }
}

class Watch {
  /** Snapshot → partition. */
  readonly pending: Map<string, number>;
  readonly done = new Map<string, SnapshotOutcome>();
  movedAt: number;
  askMembersAt = 0;
  trouble: unknown;
  #signature = '';

  constructor(wanted: readonly Pick<EndedSnapshot, 'snapshotId' | 'partition'>[], now: number) {
    this.pending = new Map(wanted.map(({ snapshotId, partition }) => [snapshotId, partition]));
    this.movedAt = now;
  }

  note(signature: string, now: number): void {
    this.trouble = undefined;
    if (signature !== this.#signature) this.movedAt = now;
    this.#signature = signature;
  }

  settle(snapshotId: string, outcome: SnapshotOutcome): void {
    this.done.set(snapshotId, outcome);
    this.pending.delete(snapshotId);
  }
}
