import type { Headers } from '../events/envelope.js';
import type { TopicName } from '../events/topics.js';

/** A record as read from a topic. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Unix milliseconds; broker time on topics with LogAppendTime. */
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
  /** Number of the leader's term in which it was written; another one means that the log may have been cut between. */
  readonly leaderEpoch?: number | undefined;
}

/** A record to be published, named by the input record it follows from. */
export interface Output {
  /** Offset of the input record, and the number of this output among the record's. */
  readonly offset: number;
  readonly index: number;
  readonly topic: TopicName;
  readonly key: string;
  readonly value: string;
  readonly headers: Headers;
}
