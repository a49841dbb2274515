import type { HistoryPoint } from '../data/product.js';
import { type Html, html } from '../web/html.js';
import type { Format } from '../words/format.js';
import { DASHBOARD_WORDS } from '../words/words.js';

export interface ChartOptions {
  readonly format: Format;
  /** Days on the axis instead of hours. */
  readonly isLong: boolean;
  readonly span: { readonly from: number; readonly to: number };
  /** The span begins where the ledger does. */
  readonly isAll: boolean;
}

/** The chart's data for the script that draws it, and the same in a sentence for whoever cannot see it. */
export function historyChart(
  points: readonly HistoryPoint[],
  marks: readonly number[],
  { format, isLong, span, isAll }: ChartOptions,
): Html {
  const words = DASHBOARD_WORDS[format.locale];
  const shown = isAll ? sinceFirstChange(points) : points;
  const availables = shown.map(({ available }) => available);
  if (shown.length < 2) return html`<p class="empty">${words.item.noHistory}</p>`;
  const seconds = (at: number) => Math.round(at / 1000);
  const chart = {
    locale: format.locale,
    timeZone: format.timeZone,
    isLong,
    labels: {
      time: words.item.time,
      available: words.products.columns.available,
      reserved: words.products.columns.reserved,
    },
    marks: marks.map(seconds),
    data: [shown.map(({ at }) => seconds(at)), availables, shown.map(({ reserved }) => reserved)],
  };
  const [from, to] = [format.time(shown[0]?.at ?? span.from), format.time(span.to)];
  const known = availables.filter((available) => available !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)].map(format.number);
  const label = words.item.chartLabel(from, to, least ?? '', most ?? '');
  return html`<div class="inside"><div class="chart" role="img" aria-label="${label}" data-chart="${JSON.stringify(chart)}"></div>${
    marks.length > 0 && html`<p class="key">▾ ${words.item.mark}: ${format.number(marks.length)}</p>`
  }</div>`;
}

/** Of a long empty beginning nothing is shown. */
function sinceFirstChange(points: readonly HistoryPoint[]): readonly HistoryPoint[] {
  return points.length > 2 ? points.slice(1) : points;
}
