import { type Locale, number, oneLine, sourceName } from '../../domain/anomaly/wording.js';
import { escapeMarkup } from '../mail/escape-markup.js';
import type { ReportDay, ShopReport } from './report.js';

const WIDTH = 640;
const PANEL = 178;
const TOP = 42;
const BARS = 100;
/** More days are shown as their newest. */
const MOST_DAYS = 31;
const COLOURS = { ozon: '#1f5fbf', wildberries: '#8a2a9b' } as const;

/**
 * The stock at the end of each day, a panel of bars per shop, each to its own scale; null where there is none.
 *
 * @param hasText false where there is no font: bars alone, the figures stand in the text
 */
export function stockChart(shops: readonly ShopReport[], locale: Locale, hasText: boolean): string | null {
  const shown = shops.filter(({ days }) => days.some(({ stock }) => stock > 0)).slice(0, 4);
  if (shown.length === 0) return null;
  const height = shown.length * PANEL;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...shown.map((shop, index) => panel(shop, index * PANEL, locale, hasText)),
    '</svg>',
  ].join('');
}

function panel(shop: ShopReport, y: number, locale: Locale, hasText: boolean): string {
  const days = shop.days.slice(-MOST_DAYS);
  const most = Math.max(1, ...days.map(({ stock }) => stock));
  const step = (WIDTH - 20) / days.length;
  const bars = days.map((day, index) => {
    const tall = Math.max(1, (day.stock / most) * BARS);
    const x = 10 + index * step;
    const bar = `<rect x="${(x + step * 0.12).toFixed(1)}" y="${(y + TOP + BARS - tall).toFixed(1)}" width="${(step * 0.76).toFixed(1)}" height="${tall.toFixed(1)}" fill="${COLOURS[shop.source]}"/>`;
    return bar + (hasText ? labels(day, { x: x + step / 2, y, tall, days: days.length, index, locale }) : '');
  });
  const heading = oneLine(`${sourceName(shop.source)} ${shop.account}`, 60);
  return [hasText ? text(10, y + 16, 'start', heading, 14) : '', ...bars].join('');
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly tall: number;
  readonly days: number;
  readonly index: number;
  readonly locale: Locale;
}

/** Figures on every bar where there is room, else on the first and the last. */
function labels(day: ReportDay, { x, y, tall, days, index, locale }: Place): string {
  if (days > 10 && index !== 0 && index !== days - 1) return '';
  const [, month, date] = day.day.split('-');
  const name = locale === 'ru' ? `${date}.${month}` : `${date}/${month}`;
  const anchor = days <= 10 ? 'middle' : index === 0 ? 'start' : 'end';
  return [
    text(x, y + TOP + BARS - tall - 4, anchor, number(locale, day.stock), 11),
    text(x, y + TOP + BARS + 16, anchor, name, 11),
  ].join('');
}

function text(x: number, y: number, anchor: string, said: string, size: number): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" text-anchor="${anchor}" fill="#1f2328">${escapeMarkup(said)}</text>`;
}
