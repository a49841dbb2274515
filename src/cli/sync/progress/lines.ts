import type { Locale } from '../../words.js';
import { clockTime, feedName, SOURCE_NAMES, SYNC_WORDS } from '../sync-words.js';
import type { FeedProgress, Progress } from './board.js';

export interface View {
  /** Unix milliseconds. */
  readonly now: number;
  /** Width of the terminal in characters. */
  readonly columns: number;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly color: boolean;
}

const BAR = 20;
const SHORTEST_BAR = 8;
/** Sooner than this, or with less of it done, nobody can tell how long it will take. */
const TELLING_MS = 2_000;
const TELLING_PART = 0.02;

/** The progress of a run as lines of a terminal, none of them wider than it. */
export function progressLines({ feeds, waits, applying }: Progress, view: View): readonly string[] {
  const labels = feeds.map(
    ({ source, endpoint }) => `${SOURCE_NAMES[source]}: ${feedName(endpoint, view.locale)}`,
  );
  const widest = Math.max(0, ...labels.map((label) => label.length));
  const words = SYNC_WORDS[view.locale];
  return [
    ...feeds.map((feed, index) => feedLine(feed, (labels[index] ?? '').padEnd(widest), view)),
    ...waits.map(({ source, until }) => {
      const moment = clockTime(until, view.locale, view.timeZone);
      return plainLine(
        `${SOURCE_NAMES[source]}: ${words.limit} ${words.until} ${moment} (${duration(until - view.now)})`,
        view,
      );
    }),
    ...applying.map((source) => plainLine(`${SOURCE_NAMES[source]}: ${words.applying}`, view)),
  ];
}

/** Part of the walk that is behind, from 0 to 1; null where nobody knows how long it is. */
function partOf({ state, pages, rows, expectedPages, announcedProducts }: FeedProgress): number | null {
  if (state === 'read') return 1;
  const [done, all] = expectedPages === undefined ? [rows, announcedProducts] : [pages, expectedPages];
  if (all === undefined || all <= 0) return null;
  return Math.min(0.99, done / all);
}

interface Piece {
  readonly text: string;
  readonly paint?: Paint | undefined;
}

function feedLine(feed: FeedProgress, label: string, view: View): string {
  const { state, endedAt, beganAt } = feed;
  const mark = MARKS[state];
  const head: Piece[] = [{ text: mark.sign, paint: mark.paint }, { text: label }];
  if (state === 'planned')
    return fit([...head, { text: SYNC_WORDS[view.locale].waitsForTurn, paint: 'dim' }], view);
  const counts = countsOf(feed, view.locale).map((text) => ({ text }));
  if (state !== 'reading') {
    const took =
      endedAt === null || beganAt === null
        ? []
        : [{ text: duration(endedAt - beganAt), paint: 'dim' as const }];
    return fit([...head, ...counts, ...took], view);
  }
  const part = partOf(feed);
  if (part === null) return fit([...head, ...counts], view);
  const figures = [`${String(Math.floor(part * 100)).padStart(2)} %`, ...counts.map(({ text }) => text)];
  const left = remaining(feed, part, view.now);
  if (left !== null) figures.push(`${SYNC_WORDS[view.locale].left} ${duration(left)}`);
  const rest = figures.map((text) => ({ text }));
  const room = view.columns - 1 - widthOf([...head, ...rest]) - 2;
  const width = Math.min(BAR, room);
  return fit([...head, ...(width < SHORTEST_BAR ? [] : bar(part, width)), ...rest], view);
}

function countsOf({ pages, rows, expectedPages }: FeedProgress, locale: Locale): readonly string[] {
  if (pages === 0) return [];
  const words = SYNC_WORDS[locale];
  const number = new Intl.NumberFormat(locale);
  const all =
    expectedPages === undefined || expectedPages < pages
      ? ''
      : ` ${words.of} ${number.format(expectedPages)}`;
  return [`${words.page} ${number.format(pages)}${all}`, `${number.format(rows)} ${words.rows(rows)}`];
}

function remaining({ beganAt }: FeedProgress, part: number, now: number): number | null {
  const elapsed = beganAt === null ? 0 : now - beganAt;
  return elapsed < TELLING_MS || part < TELLING_PART ? null : (elapsed / part) * (1 - part);
}

/** `1:05`, `2:00:07`. */
function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const rest = `${two(seconds % 60)}`;
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
}

function bar(part: number, width: number): readonly Piece[] {
  const full = Math.round(part * width);
  // One piece of text in two colours: no gap between them.
  return [{ text: '━'.repeat(full) + '╌'.repeat(width - full), paint: 'bar' }];
}

type Paint = 'green' | 'red' | 'dim' | 'bar';

const MARKS: Readonly<Record<FeedProgress['state'], { readonly sign: string; readonly paint: Paint }>> = {
  planned: { sign: '·', paint: 'dim' },
  reading: { sign: '▸', paint: 'bar' },
  read: { sign: '✓', paint: 'green' },
  failed: { sign: '✗', paint: 'red' },
};

const CODES: Readonly<Record<Paint, number>> = { green: 32, red: 31, dim: 2, bar: 36 };

const GAP = '  ';

function widthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { text }, index) => sum + text.length + (index < 2 ? 1 : GAP.length), 0);
}

/** Whole pieces as long as they fit; of mark and label what fits. */
function fit(pieces: readonly Piece[], { columns, color }: View): string {
  const room = Math.max(1, columns - 1);
  let line = '';
  let width = 0;
  for (const [index, { text, paint }] of pieces.entries()) {
    const gap = index === 0 ? '' : index === 1 ? ' ' : GAP;
    if (width + gap.length + text.length > room) {
      if (index < 2) line += cut(gap + text, room - width);
      break;
    }
    width += gap.length + text.length;
    line += gap + painted(text, color ? paint : undefined);
  }
  return line.trimEnd();
}

function plainLine(text: string, { columns, color }: View): string {
  return painted(cut(`  ${text}`, Math.max(1, columns - 1)), color ? 'dim' : undefined);
}

function cut(text: string, room: number): string {
  if (text.length <= room) return text;
  return room <= 0 ? '' : `${text.slice(0, room - 1)}…`;
}

function painted(text: string, paint: Paint | undefined): string {
  return paint === undefined ? text : `\u001b[${CODES[paint]}m${text}\u001b[0m`;
}
