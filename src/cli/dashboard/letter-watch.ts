import type { Broker } from '../../broker/broker.js';
import { readDeadLetter } from '../../events/dead-letter.js';
import { TOPICS, topicOf } from '../../events/topics.js';
import type { LogRecord } from '../../ports/log-records.js';
import { type LetterSummary, summaryOf } from '../dlq/letters.js';

/** How far a partition was read. */
interface Mark {
  readonly start: number;
  /** The first offset that was not read. */
  readonly next: number;
  /** The newest record that was read, where there was one: by it another life of the topic is known. */
  readonly last: { readonly offset: number; readonly name: string } | undefined;
}

interface Kept {
  readonly partition: number;
  readonly offset: number;
  readonly summary: LetterSummary;
}

/** The newest dead letters, kept from one look to the next: of the topic only what is new is read. */
export class LetterWatch {
  #marks: ReadonlyMap<number, Mark> = new Map();
  #kept: readonly Kept[] = [];

  /** @param most letters that are kept */
  constructor(
    private readonly prefix: string,
    private readonly most: number,
  ) {}

  /** The oldest first, each as if it were open. Broken off by an error it has lost nothing. */
  async newest(broker: Pick<Broker, 'partitionCount' | 'range' | 'read'>): Promise<readonly LetterSummary[]> {
    if (!(await this.#goOn(broker))) {
      this.#marks = new Map();
      this.#kept = [];
      await this.#goOn(broker);
    }
    return this.#kept.map(({ summary }) => summary);
  }

  /** False where the topic is not the one that was read before: made anew, or cut. */
  async #goOn(broker: Pick<Broker, 'partitionCount' | 'range' | 'read'>): Promise<boolean> {
    const topic = topicOf(this.prefix, TOPICS.deadLetters);
    const marks = new Map<number, Mark>();
    const parts = [];
    const unseen = new Set<number>();
    const count = await broker.partitionCount(topic);
    for (let partition = 0; partition < count; partition += 1) {
      const { start, end } = await broker.range(topic, partition);
      const was = this.#marks.get(partition);
      if (was !== undefined && (start < was.start || end < was.next)) return false;
      const last = was?.last !== undefined && was.last.offset >= start ? was.last : undefined;
      marks.set(partition, { start, next: end, last });
      if (end === was?.next) continue;
      if (last !== undefined) unseen.add(partition);
      parts.push({ partition, from: last?.offset ?? Math.max(start, was?.next ?? 0), end });
    }
    let kept: readonly Kept[] = this.#kept.filter(
      ({ partition, offset }) => offset >= (marks.get(partition)?.start ?? 0),
    );
    await broker.read(topic, parts, (record) => {
      const { partition, offset } = record;
      const last = { offset, name: nameOf(record) };
      const before = this.#marks.get(partition)?.last;
      if (before?.offset === offset && before.name === last.name) unseen.delete(partition);
      const mark = marks.get(partition);
      if (mark !== undefined) marks.set(partition, { ...mark, last });
      const letter = readDeadLetter(record);
      if (letter === null) return;
      kept = [...kept, { partition, offset, summary: summaryOf(letter, record.timestamp) }];
      if (kept.length > 2 * this.most) kept = newestOf(kept, this.most);
    });
    if (unseen.size > 0) return false;
    this.#kept = newestOf(kept, this.most);
    this.#marks = marks;
    return true;
  }
}

function nameOf({ timestamp, headers }: LogRecord): string {
  return `${timestamp}/${headers.ce_id ?? ''}`;
}

/** Each letter once, as it was last read. */
function newestOf(kept: readonly Kept[], most: number): readonly Kept[] {
  const once = new Map(kept.map((one) => [one.summary.digest, one]));
  const inOrder = ({ summary: a }: Kept, { summary: b }: Kept) =>
    a.diedAt - b.diedAt || a.partition - b.partition || a.offset - b.offset;
  return [...once.values()].sort(inOrder).slice(-most);
}
