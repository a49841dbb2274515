import type { Tables } from './database.js';
import type { GroupOffsets } from './kafka-witness.js';
import type { Differences } from './settings.js';

/** Whoever reads on at the group's offset must find nothing skipped: MySQL is never behind Kafka. */
export async function compareOffsets(
  tables: Tables,
  offsets: GroupOffsets,
  rawEnds: ReadonlyMap<number, number>,
  prefix: string,
  differences: Differences,
): Promise<ReadonlySet<string>> {
  const groups = new Set<string>();
  const rows = await tables.rows('SELECT consumer_group, topic, partition_no, next_offset FROM checkpoints');
  const checkpoints = new Map(
    rows.map(([group, topic, partition, next]) => [`${group} ${topic} ${partition}`, Number(next)]),
  );
  for (const place of checkpoints.keys()) groups.add(place.split(' ')[0] ?? '');
  for (const [place, offset] of offsets) {
    const checkpoint = checkpoints.get(place);
    if (checkpoint === undefined) {
      if (offset > 0) differences.add('offset-without-checkpoint', place, 0, offset);
    } else if (offset > checkpoint) {
      differences.add('offset-beyond-checkpoint', place, checkpoint, offset);
    }
  }
  for (const [partition, end] of rawEnds) {
    const place = `${prefix}.projector ${prefix}.raw-snapshots.v1 ${partition}`;
    const applied = checkpoints.get(place) ?? 0;
    if (applied < end) differences.add('raw-records-not-applied', place, end, applied);
  }
  return groups;
}
