import { setTimeout as delay } from 'node:timers/promises';
import { EXIT } from '../../errors.js';
import type { DeadLetter } from '../../events/dead-letter.js';
import { REDRIVE, redriveHeaders } from '../../events/redrive.js';
import { groupOf, TOPICS, topicOf } from '../../events/topics.js';
import { letterDigest } from '../../store/dead-letter-fates.js';
import { createRedriveStanding, type RedriveStanding } from '../../store/redrive-standing.js';
import { type Appended, awaitRead } from './await-read.js';
import { type Desk, operator } from './desk.js';
import { ID_LENGTH, type LetterSummary, pick, readWhole } from './letters.js';
import { SendProgress } from './send-progress.js';
import { futile, type Outcome, outcomeOf } from './verdict.js';

export interface RedriveRequest {
  /** Empty: every open one. */
  readonly ids: readonly string[];
  /** Records a second; undefined: as fast as it goes. */
  readonly maxRate: number | undefined;
  readonly force: boolean;
}

/** A letter on its way back. */
interface Return {
  readonly summary: LetterSummary;
  readonly group: string;
  readonly partition: number;
}

interface Sent extends Appended {
  readonly summary: LetterSummary;
}

/** Bytes of letters that are held in memory at a time. */
const HOLD_BYTES = 64 * 1024 * 1024;

/** `dlq redrive`: appends records where they lay first, and says what became of them. */
export async function redrive(desk: Desk, request: RedriveRequest): Promise<number> {
  const { context, installation, words } = desk;
  const standing = createRedriveStanding(await installation.database());
  const { returns, refused } = await chosen(desk, standing, request);
  if (returns.length === 0) {
    if (refused === 0) context.say(words.nothingToDo);
    return refused > 0 && request.ids.length > 0 ? EXIT.failed : EXIT.ok;
  }
  const sent = await send(desk, returns, request.maxRate);
  context.say(words.sent(String(sent.length)));
  const { signal } = context.shutdown;
  context.say(words.waiting);
  const unread = new Set(
    await awaitRead(sent, {
      ...{ installation, standing, signal },
      onInProcess: (reason) => context.say(words.inProcess[reason]),
    }),
  );
  let isGood = sent.length === returns.length && (refused === 0 || request.ids.length === 0);
  const ends = new Set(sent.map(({ offset }) => offset));
  for (const one of sent) {
    const outcome: Outcome = unread.has(one) ? { kind: 'unsettled' } : await becameOf(one, standing, ends);
    if (['died', 'unsettled', 'stale'].includes(outcome.kind)) isGood = false;
    context.print(`${one.summary.id}: ${outcomeText(outcome, desk)}\n`);
  }
  return context.signalExitCode ?? (isGood ? EXIT.ok : EXIT.failed);
}

function outcomeText(outcome: Outcome, { words }: Desk): string {
  if (outcome.kind === 'died') return words.outcome.died(outcome.letter);
  if (outcome.kind === 'held' || outcome.kind === 'incomplete')
    return words.outcome[outcome.kind](outcome.reason);
  return words.outcome[outcome.kind];
}

/** Says of each that is left out why. */
async function chosen(
  desk: Desk,
  standing: RedriveStanding,
  { ids, force }: RedriveRequest,
): Promise<{ returns: readonly Return[]; refused: number }> {
  const { context, installation, letters, words, time } = desk;
  const isNamed = ids.length > 0;
  const wanted = isNamed
    ? [...new Set(ids.map((id) => pick(letters, id)))]
    : letters.filter(({ fate }) => fate === null);
  const returns: Return[] = [];
  let refused = 0;
  for (const summary of [...wanted].sort(inOrderOfOrigin)) {
    const { id, fate } = summary;
    if (fate !== null && !force) {
      context.print(`${id}: ${words.already(words.fates[fate.fate], time(fate.at))}\n`);
      continue;
    }
    const { group, feed } = await homeOf(summary, installation.prefix, standing);
    const isRaw = group === groupOf(installation.prefix, 'projector');
    const why = isRaw && !force ? futile(summary, feed, Date.now()) : null;
    if (why === null) {
      returns.push({ summary, group, partition: feed?.partition ?? summary.partition });
      continue;
    }
    refused += 1;
    if (isNamed) context.print(`${id}: ${words.futile[why]}; ${words.dropIt(id)}\n`);
  }
  if (refused > 0 && !isNamed) context.say(words.notSent(String(refused)));
  return { returns, refused };
}

/** Who reads it, and for raw records what is known of the feed. */
async function homeOf({ topic, key, letter }: LetterSummary, prefix: string, standing: RedriveStanding) {
  if (topic === topicOf(prefix, TOPICS.syncEvents)) return { group: groupOf(prefix, 'anomaly'), feed: null };
  if (topic === topicOf(prefix, TOPICS.alerts)) return { group: groupOf(prefix, 'mailer'), feed: null };
  if (topic === topicOf(prefix, TOPICS.rawSnapshots))
    return { group: groupOf(prefix, 'projector'), feed: key === null ? null : await standing.feed(key) };
  return { group: letter.group, feed: null };
}

function inOrderOfOrigin(a: LetterSummary, b: LetterSummary): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1;
  return a.partition - b.partition || a.offset - b.offset;
}

async function send(desk: Desk, returns: readonly Return[], maxRate: number | undefined): Promise<Sent[]> {
  const { broker, context, fates, installation, words } = desk;
  const { signal } = context.shutdown;
  const sent: Sent[] = [];
  const writer = broker.recordWriter();
  const progress = new SendProgress(returns.length, words.progress, (line) => context.say(line));
  try {
    for (const portion of portions(returns)) {
      const whole = await readWhole(
        broker,
        installation.prefix,
        portion.map(({ summary }) => summary),
      );
      for (const { summary, group, partition } of portion) {
        const letter = whole.get(summary.digest);
        if (signal.aborted || letter === undefined) continue;
        const { topic, key, value } = letter.record;
        const offset = await writer.write({ topic, partition, key, value, headers: headersOf(letter) });
        // Should it come to grief between these two, a second copy does no harm.
        await fates.enter(summary.digest, 'redriven', operator(), `${topic}/${partition}/${offset}`);
        sent.push({ summary, group, topic, partition, offset });
        progress.sent();
        if (maxRate !== undefined) await delay(1000 / maxRate, undefined, { signal }).catch(() => undefined);
      }
    }
  } finally {
    progress.stop();
    await writer.close();
  }
  return sent;
}

/** Its own, and where it lay. One that died once more still says where it lay first. */
function headersOf(letter: DeadLetter) {
  const { record } = letter;
  const added = redriveHeaders(record, letter.id);
  const first = record.headers[REDRIVE.from];
  return { ...record.headers, ...added, ...(first === undefined ? {} : { [REDRIVE.from]: first }) };
}

function* portions(returns: readonly Return[]): Generator<readonly Return[]> {
  let portion: Return[] = [];
  let bytes = 0;
  for (const one of returns) {
    if (portion.length > 0 && bytes + one.summary.bytes > HOLD_BYTES) {
      yield portion;
      [portion, bytes] = [[], 0];
    }
    portion.push(one);
    bytes += Math.max(0, one.summary.bytes);
  }
  if (portion.length > 0) yield portion;
}

async function becameOf(
  { summary, group, topic, partition, offset }: Sent,
  standing: RedriveStanding,
  ends: ReadonlySet<number>,
): Promise<Outcome> {
  const again = await standing.letterAt(group, topic, partition, offset);
  if (again !== null) return { kind: 'died', letter: letterDigest(again).slice(0, ID_LENGTH) };
  if (!topic.endsWith(`.${TOPICS.rawSnapshots}`)) return { kind: 'read' };
  const feed = summary.key === null ? null : await standing.feed(summary.key);
  return outcomeOf(summary.said.snapshotId, feed?.newest ?? null, ends);
}
