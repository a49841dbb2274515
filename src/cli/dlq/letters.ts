import type { Broker } from '../../broker/broker.js';
import { AppError } from '../../errors.js';
import { type DeadLetter, readDeadLetter } from '../../events/dead-letter.js';
import { TOPICS, topicOf } from '../../events/topics.js';
import { type DeadLetterFates, type FateEntry, letterDigest } from '../../store/dead-letter-fates.js';

/** A dead letter without its bytes, as lists know it. */
export interface LetterSummary {
  /** First 12 hex digits of {@link digest}: what people call it. */
  readonly id: string;
  readonly digest: string;
  /** When it was written, Unix milliseconds. */
  readonly diedAt: number;
  readonly letter: Omit<DeadLetter, 'record'>;
  /** Of the record: where it lay. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  /** −1 for a record without a value. */
  readonly bytes: number;
  /** What the value says it is, so far as that can be made out. */
  readonly said: Said;
  /** Null while it is open. */
  readonly fate: FateEntry | null;
}

export interface Said {
  readonly type: string | null;
  readonly snapshotId: string | null;
}

export const ID_LENGTH = 12;
const LEAST_PREFIX = 4;
/** Our producers write what a record is before its rows. */
const HEAD_BYTES = 4_096;

/** All letters that the topic still holds, oldest first. */
export async function readLetters(
  broker: Broker,
  prefix: string,
  fates: DeadLetterFates,
): Promise<readonly LetterSummary[]> {
  const found = new Map<string, LetterSummary>();
  await eachLetter(broker, prefix, (letter, diedAt) => {
    const summary = summaryOf(letter, diedAt);
    found.set(summary.digest, summary);
  });
  return (await withFates([...found.values()], fates)).sort(
    (a, b) => a.diedAt - b.diedAt || a.partition - b.partition || a.offset - b.offset,
  );
}

/** As one that is open. @param diedAt Unix milliseconds */
export function summaryOf({ record, ...letter }: DeadLetter, diedAt: number): LetterSummary {
  const { topic, partition, offset, key, value } = record;
  const digest = letterDigest(letter.id);
  const place = { topic, partition, offset, key, bytes: value?.length ?? -1 };
  const names = { id: digest.slice(0, ID_LENGTH), digest, diedAt, letter, fate: null };
  return { ...names, ...place, said: saidBy(value) };
}

export async function withFates(
  letters: readonly LetterSummary[],
  fates: Pick<DeadLetterFates, 'of'>,
): Promise<LetterSummary[]> {
  const entered = await fates.of(letters.map(({ digest }) => digest));
  return letters.map((summary) => ({ ...summary, fate: entered.get(summary.digest) ?? null }));
}

/** The whole letters, bytes and all, by digest. */
export async function readWhole(
  broker: Broker,
  prefix: string,
  wanted: readonly LetterSummary[],
): Promise<ReadonlyMap<string, DeadLetter>> {
  const digests = new Set(wanted.map(({ digest }) => digest));
  const whole = new Map<string, DeadLetter>();
  await eachLetter(broker, prefix, (letter) => {
    const digest = letterDigest(letter.id);
    if (digests.has(digest)) whole.set(digest, letter);
  });
  return whole;
}

/** @throws USAGE for what names none of them, or more than one */
export function pick(letters: readonly LetterSummary[], named: string): LetterSummary {
  const text = named.trim().toLowerCase();
  const isId = /^[0-9a-f]+$/.test(text) && text.length >= LEAST_PREFIX;
  const matching = isId ? letters.filter(({ digest }) => digest.startsWith(text)) : [];
  const [only] = matching;
  if (only !== undefined && matching.length === 1) return only;
  if (only === undefined) {
    throw new AppError('USAGE', `there is no dead letter ${named}`, {
      remedy: `\`inventory-sync dlq list --all\` shows them; at least ${LEAST_PREFIX} digits of an id are needed`,
    });
  }
  const ids = matching.slice(0, 5).map(({ id }) => id);
  throw new AppError('USAGE', `${named} is short for several dead letters: ${ids.join(', ')}`, {
    remedy: 'give more digits',
  });
}

async function eachLetter(
  broker: Broker,
  prefix: string,
  take: (letter: DeadLetter, diedAt: number) => void,
): Promise<void> {
  const topic = topicOf(prefix, TOPICS.deadLetters);
  const count = await broker.partitionCount(topic);
  const parts = [];
  for (let partition = 0; partition < count; partition += 1) {
    const { start, end } = await broker.range(topic, partition);
    parts.push({ partition, from: start, end });
  }
  await broker.read(topic, parts, (record) => {
    const letter = readDeadLetter(record);
    if (letter !== null) take(letter, record.timestamp);
  });
}

function saidBy(value: Buffer | null): Said {
  const head = value?.subarray(0, HEAD_BYTES).toString() ?? '';
  return {
    type: /"type"\s*:\s*"([a-z-]{1,40})"/.exec(head)?.[1] ?? null,
    snapshotId: /"snapshotId"\s*:\s*"([\x21-\x7e]{1,64}?)"/.exec(head)?.[1] ?? null,
  };
}
