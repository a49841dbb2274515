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

/**
 * The dead letter of a record that can never be read, or not wholly.
 *
 * @param index among the record's outputs; one that cannot even be decoded has no other
 */
export function unreadable(
  record: LogRecord,
  error: unknown,
  reader: Reader,
  index = 0,
  stage = 'decode',
): Output {
  const letter = deadLetter(record, {
    prefix: reader.prefix,
    incarnation: reader.place.life,
    index,
    group: groupOf(reader.prefix, reader.group),
    stage,
    error,
    // Reading it again changes nothing.
    attempts: 1,
  });
  return { offset: record.offset, index, topic: TOPICS.deadLetters, ...letter };
}
