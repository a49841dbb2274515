import { z } from 'zod';
import { DAY } from '../../domain/anomaly/time.js';
import { AppError } from '../../errors.js';
import type { StockChange } from '../../events/stock-change.js';
import {
  type LedgerMark,
  type LedgerOwner,
  type Reader,
  readMarks,
} from '../../store/board/board-standing.js';
import { type PlacedChange, readLives, readStretch } from '../../store/board/ledger-page.js';
import type { Answer } from './answers.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import type { ChangesQuery } from './questions.js';

/** A cursor is good for so long, or half the time for which the ledger is kept, if that is shorter. */
const GOOD_FOR_DAYS = 30;

const whole = z.int().nonnegative();
const place = z.object({
  /** Whole days since 1970 when it was given out. */
  day: whole,
  /** Which partition is first to be read: each of them in turn. */
  turn: whole,
  /** Partition, life of the topic, raw record, number among its changes: the first that was not given out. */
  at: z.array(z.tuple([whole, whole, whole, whole])).max(10_000),
});

interface Position {
  readonly incarnation: number;
  readonly offset: number;
  /** Above zero: the change before it has been given out, and was there. */
  readonly idx: number;
}

export interface ChangesOptions {
  readonly db: Reader;
  readonly owner: LedgerOwner;
  /** LEDGER_RETENTION_DAYS */
  readonly ledgerDays: number;
  readonly now: () => number;
}

/**
 * Changes in the order of the ledger, partition by partition: a key has its place in one of them, and a partition is
 * written by one transaction at a time, so that its rows never appear behind a place that was read. Where a reader
 * stands is therefore one place in each partition, and nothing is passed over however many are written at once.
 */
export async function readChanges(options: ChangesOptions, query: ChangesQuery): Promise<Answer<'Changes'>> {
  const { db, owner } = options;
  const marks = await readMarks(db, owner);
  const lives = await readLives(db, owner.rawTopic);
  const day = Math.floor(options.now() / DAY);
  const given = query.cursor === undefined ? null : decodeCursor('changes', query.cursor, place);
  if (given !== null) refuseOld(given.day, day, options.ledgerDays);
  const at = new Map<number, Position>();
  for (const [partition, incarnation, offset, idx] of given?.at ?? []) {
    at.set(partition, { incarnation, offset, idx });
  }
  const isFresh = given === null && query.start === 'newest';
  for (const mark of marks) refuseSetBack(mark, lives, at.get(mark.partition));
  const page = new Page(db, lives, query.limit);
  if (isFresh) {
    for (const { partition, incarnation, next } of marks)
      at.set(partition, { incarnation, offset: next, idx: 0 });
  } else {
    const turn = marks.length === 0 ? 0 : (given?.turn ?? 0) % marks.length;
    const inTurn = [...marks.slice(turn), ...marks.slice(0, turn)];
    for (const [index, mark] of inTurn.entries()) {
      const from = at.get(mark.partition) ?? { incarnation: lives[0] ?? mark.incarnation, offset: 0, idx: 0 };
      at.set(mark.partition, await page.read(mark, from, inTurn.length - index));
    }
  }
  // Nothing new: the answer is the same as before, and so is its ETag.
  const isSame = query.cursor !== undefined && page.changes.length === 0 && given?.day === day;
  const turn = (given?.turn ?? 0) + 1;
  const places = [...at].map(([partition, { incarnation, offset, idx }]) => [
    partition,
    incarnation,
    offset,
    idx,
  ]);
  return {
    changes: page.changes,
    more: page.more,
    next: isSame && !page.more ? (query.cursor ?? '') : encodeCursor('changes', { day, turn, at: places }),
  };
}

/** One answer being filled. */
class Page {
  readonly changes: StockChange[] = [];
  more = false;

  constructor(
    private readonly db: Reader,
    private readonly lives: readonly number[],
    private readonly limit: number,
  ) {}

  /** Reads on in a partition, its share of what is left of the answer; answers where it has come to. */
  async read(mark: LedgerMark, from: Position, partitionsLeft: number): Promise<Position> {
    let room = Math.ceil((this.limit - this.changes.length) / partitionsLeft);
    for (let position = from; ; ) {
      const isLast = position.incarnation === mark.incarnation;
      if (isLast && position.idx === 0 && position.offset >= mark.next) return position;
      if (room <= 0) {
        this.more = true;
        return position;
      }
      const rows = await this.#rows(mark, position, isLast, room);
      this.changes.push(...rows.map(({ change }) => change));
      const last = rows.at(-1);
      if (last !== undefined && rows.length === room) {
        this.more = true;
        return { incarnation: position.incarnation, offset: last.offset, idx: last.idx + 1 };
      }
      room -= rows.length;
      if (isLast) return { incarnation: mark.incarnation, offset: mark.next, idx: 0 };
      const next = this.lives.find((life) => life > position.incarnation) ?? mark.incarnation;
      position = { incarnation: next, offset: 0, idx: 0 };
    }
  }

  /** With the change that was given out last, if there is one: were it gone, others behind it might be gone too. */
  async #rows(
    { partition, next }: LedgerMark,
    { incarnation, offset, idx }: Position,
    isLast: boolean,
    limit: number,
  ): Promise<PlacedChange[]> {
    const seen = idx > 0 ? 1 : 0;
    const stretch = { partition, incarnation, offset, idx: idx - seen, end: isLast ? next : null };
    const rows = await readStretch(this.db, stretch, limit + seen);
    if (seen === 0) return rows;
    const [first, ...rest] = rows;
    if (first?.offset !== offset || first.idx !== idx - 1) throw expired();
    return rest;
  }
}

function refuseOld(given: number, today: number, ledgerDays: number): void {
  if (today - given > Math.min(GOOD_FOR_DAYS, ledgerDays / 2)) throw expired();
}

/** The database knows less than the reader does, or another life of the topic: it was restored, or is another. */
function refuseSetBack(mark: LedgerMark, lives: readonly number[], position: Position | undefined): void {
  if (position === undefined) return;
  const { incarnation, offset, idx } = position;
  const isBehind =
    incarnation === mark.incarnation && (offset > mark.next || (idx > 0 && offset >= mark.next));
  if (!lives.includes(incarnation) || incarnation > mark.incarnation || isBehind) throw expired();
}

function expired(): AppError {
  const en = {
    what: 'the ledger no longer goes on from this cursor: changes behind it were deleted, or the database was restored',
    remedy: 'begin with start=newest, then read all levels once',
  };
  const ru = {
    what: 'журнал изменений больше не продолжается с этого курсора: записи удалены по сроку или база восстановлена',
    remedy: 'Начните со start=newest, затем один раз прочитайте все остатки',
  };
  return new AppError('USAGE', en.what, { advice: { en, ru }, facts: { problem: 'cursor-expired' } });
}
