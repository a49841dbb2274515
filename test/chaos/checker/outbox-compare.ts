import { crc32 } from 'node:zlib';
import type { SeenRecord } from './console-consumer.js';
import type { Tables } from './database.js';
import type { Differences } from './settings.js';

/** Records of the topics that the outbox feeds, by their ids. */
export class PublishedEvents {
  private readonly seen = new Map<string, { topic: string; sum: number; times: number }>();

  constructor(private readonly differences: Differences) {}

  take(topic: string, record: SeenRecord): void {
    const id = record.headers.ce_id;
    const where = `${topic} ${record.partition}/${record.offset}`;
    if (id === undefined) return this.differences.add('event-without-id', where, 'ce_id', null);
    const known = this.seen.get(`${topic} ${id}`);
    if (known === undefined) {
      this.seen.set(`${topic} ${id}`, { topic, sum: crc32(record.value ?? ''), times: 1 });
      return;
    }
    known.times += 1;
    this.differences.add('event-published-twice', where, 1, { times: known.times, id });
  }

  /** Every event that the outbox holds was published, as it stands there. */
  async compare(tables: Tables, differences: Differences): Promise<number> {
    let rows = 0;
    for await (const [topic, id, value] of tables.stream('SELECT topic, headers, value FROM outbox')) {
      rows += 1;
      const { ce_id } = JSON.parse(String(id)) as { ce_id?: string };
      const published = this.seen.get(`${topic} ${ce_id}`);
      const where = `${topic} ${ce_id}`;
      if (published === undefined) differences.add('event-never-published', where, 1, 0);
      else if (published.sum !== crc32(String(value)))
        differences.add('event-published-otherwise', where, value, null);
    }
    return rows;
  }
}

/** Dead letters of the projector: one for each record that nobody can read, wholly or for some of its rows. */
export class DeadLetters {
  private readonly origins = new Map<string, number>();

  constructor(
    private readonly rawTopic: string,
    /** The topic's: of earlier ones nothing is known any more. */
    private readonly life: number,
    private readonly differences: Differences,
  ) {}

  take({ headers }: SeenRecord): void {
    const [, offset, partition, life, topic] = (headers.ce_id ?? '').split('/').reverse();
    const ofProjector = headers['dlq-group']?.endsWith('.projector') === true;
    if (topic !== this.rawTopic || Number(life) !== this.life || !ofProjector) return;
    const place = `${partition}/${offset}`;
    if (place !== `${headers['dlq-partition']}/${headers['dlq-offset']}`) {
      this.differences.add('dead-letter-of-another-place', `raw ${place}`, place, headers);
    }
    this.origins.set(place, (this.origins.get(place) ?? 0) + 1);
  }

  /** @param isKnown whether the raw log still tells of this place */
  compare(dead: ReadonlySet<string>, isKnown: (place: string) => boolean): void {
    const { differences } = this;
    for (const place of dead) {
      const times = this.origins.get(place) ?? 0;
      if (times !== 1)
        differences.add(times === 0 ? 'dead-letter-missing' : 'dead-letter-twice', `raw ${place}`, 1, times);
    }
    for (const place of this.origins.keys()) {
      if (!dead.has(place) && isKnown(place)) {
        differences.add('dead-letter-that-nothing-explains', `raw ${place}`, null, 'a dead letter');
      }
    }
  }
}
