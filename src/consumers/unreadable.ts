import { deadLetter } from '../events/dead-letter.js';
import { type GroupName, groupOf, TOPICS } from '../events/topics.js';
import type { LogRecord, Output } from '../ports/log-records.js';
import type { PartitionPlace } from '../ports/partition-processor.js';

export interface Reader {
  /** Topic prefix. */
  readonly prefix: string;
  readonly place: PartitionPlace;
  readonly group: GroupName;
}

/** The dead letter of a record that cannot be decoded, and so has no other output. */
export function unreadable(record: LogRecord, error: unknown, reader: Reader): Output {
  const letter = deadLetter(record, {
    prefix: reader.prefix,
    incarnation: reader.place.life,
    index: 0,
    group: groupOf(reader.prefix, reader.group),
    stage: 'decode',
    error,
    // Reading it again changes nothing.
    attempts: 1,
  });
  return { offset: record.offset, index: 0, topic: TOPICS.deadLetters, ...letter };
}
