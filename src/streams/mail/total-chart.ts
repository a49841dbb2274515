import { TOTAL_MOVED } from '../../domain/anomaly/total-moved.js';
import { type Locale, number, oneLine, signedPercent, sourceName } from '../../domain/anomaly/wording.js';
import { parseFeed } from '../../domain/feed.js';
import type { Alert } from '../../events/alert.js';
import { escapeMarkup } from './escape-markup.js';

const MOST_BARS = 6;
const WIDTH = 640;
const ROW = 52;
const LEFT = 210;
const RIGHT = 90;
const BAR = 16;

interface Move {
  readonly label: string;
  readonly before: number;
  readonly after: number;
}

/**
 * Totals that moved as pairs of bars, before above after, the greatest moves first; null where none moved.
 *
 * @param hasText false where there is no font: bars alone, the figures stand in the table
 */
export function totalChart(alerts: readonly Alert[], locale: Locale, hasText: boolean): string | null {
  const moves = movesOf(alerts);
  if (moves.length === 0) return null;
  const most = Math.max(1, ...moves.flatMap(({ before, after }) => [before, after]));
  const [left, right] = hasText ? [LEFT, RIGHT] : [12, 12];
  const scale = (WIDTH - left - right) / most;
  const rows = moves.map((move, index) => rowOf(move, { y: 10 + index * ROW, left, scale, locale, hasText }));
  const height = 20 + moves.length * ROW;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...rows,
    '</svg>',
  ].join('');
}

function movesOf(alerts: readonly Alert[]): Move[] {
  const share = ({ before, after }: Move) => (before === 0 ? 0 : Math.abs(after - before) / before);
  return alerts
    .flatMap(({ rule, state, feed, source, evidence: { before, after } }): Move[] => {
      const isMove = rule === TOTAL_MOVED && state === 'raised' && isCount(before) && isCount(after);
      if (!isMove) return [];
      const name = oneLine(parseFeed(feed)?.endpoint ?? '', 24);
      return [{ label: `${sourceName(source)} ${name}`.trim(), before, after }];
    })
    .sort((a, b) => share(b) - share(a))
    .slice(0, MOST_BARS);
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value >= 0;
}

interface Place {
  readonly y: number;
  readonly left: number;
  /** Pixels per piece. */
  readonly scale: number;
  readonly locale: Locale;
  readonly hasText: boolean;
}

function rowOf(move: Move, { y, left, scale, locale, hasText }: Place): string {
  const { before, after, label } = move;
  const colour = after < before ? '#b3261e' : '#1e6b3a';
  const bar = (top: number, value: number, fill: string) =>
    `<rect x="${left}" y="${top}" width="${Math.max(1, value * scale).toFixed(1)}" height="${BAR}" fill="${fill}"/>`;
  const text = (x: number, top: number, anchor: string, said: string, size = 13) =>
    `<text x="${x.toFixed(1)}" y="${top}" font-size="${size}" text-anchor="${anchor}" fill="#1f2328">${escapeMarkup(said)}</text>`;
  const figures = hasText
    ? [
        text(left - 10, y + 18, 'end', label),
        text(left - 10, y + 35, 'end', before === 0 ? '' : signedPercent(locale, (after - before) / before)),
        text(left + before * scale + 6, y + 13, 'start', number(locale, before)),
        text(left + after * scale + 6, y + 13 + BAR + 2, 'start', number(locale, after)),
      ]
    : [];
  return [bar(y, before, '#9aa4ae'), bar(y + BAR + 2, after, colour), ...figures].join('');
}
