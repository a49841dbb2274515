import type { SeenRecord } from '../console-consumer.js';
import { type GroupOffsets, type KafkaWitness, kafkaTools } from '../kafka-witness.js';

/** Everything that Kafka had to say at one time, so that a lie can be put into a copy of it. */
export class RecordedKafka implements KafkaWitness {
  private readonly topics = new Map<string, SeenRecord[]>();
  private readonly marks = new Map<string, ReadonlyMap<number, number>>();
  private offsets = new Map<string, number>();

  /** @param topics the raw topic first: only of that the checker asks where it begins and ends */
  static async of(
    brokers: string,
    topics: readonly string[],
    groups: readonly string[],
  ): Promise<RecordedKafka> {
    const tools = kafkaTools(brokers);
    const made = new RecordedKafka();
    for (const topic of topics) {
      const records: SeenRecord[] = [];
      await tools.read(topic, (record) => records.push(record));
      made.topics.set(topic, records);
    }
    const [raw = ''] = topics;
    for (const which of ['earliest', 'latest'] as const)
      made.marks.set(`${raw} ${which}`, await tools.ends(raw, which));
    made.offsets = new Map(await tools.committed(groups));
    return made;
  }

  /** The same, but for these records of one topic. */
  with(topic: string, change: (records: readonly SeenRecord[]) => readonly SeenRecord[]): RecordedKafka {
    const copy = this.copied();
    copy.topics.set(topic, [...change(this.topics.get(topic) ?? [])]);
    return copy;
  }

  withOffset(place: string, offset: number): RecordedKafka {
    const copy = this.copied();
    copy.offsets.set(place, offset);
    return copy;
  }

  records(topic: string): readonly SeenRecord[] {
    return this.topics.get(topic) ?? [];
  }

  async read(topic: string, onRecord: (record: SeenRecord) => void): Promise<number> {
    const records = this.records(topic);
    for (const record of records) onRecord(record);
    return records.length;
  }

  async ends(topic: string, which: 'earliest' | 'latest'): Promise<ReadonlyMap<number, number>> {
    return this.marks.get(`${topic} ${which}`) ?? new Map<number, number>();
  }

  async committed(): Promise<GroupOffsets> {
    return this.offsets;
  }

  private copied(): RecordedKafka {
    const copy = new RecordedKafka();
    for (const [topic, records] of this.topics) copy.topics.set(topic, records);
    for (const [name, marks] of this.marks) copy.marks.set(name, marks);
    copy.offsets = new Map(this.offsets);
    return copy;
  }
}
