import type { StockLevel } from '../../domain/stock-level.js';
import type { ProductChange } from '../data/product.js';
import { type Html, html } from '../web/html.js';
import { type View, withQuery } from '../web/view.js';
import type { Format } from '../words/format.js';
import { DASHBOARD_WORDS } from '../words/words.js';
import { card, table } from './parts.js';

const FIGURES = ['available', 'reserved', 'present', 'inWayToClient', 'inWayFromClient'] as const;

/** @param changes one more than are shown, where there are more */
export function changesCard(
  view: View,
  changes: readonly ProductChange[],
  limit: number,
  format: Format,
): Html {
  const words = DASHBOARD_WORDS[view.locale].item;
  const shown = changes.slice(0, limit);
  if (shown.length === 0)
    return card({ id: 'changes-title', title: words.changes }, html`<p class="empty">${words.noChanges}</p>`);
  const columns = [
    { label: words.when },
    { label: words.scheme },
    { label: words.place },
    { label: words.what },
    { label: words.delta, isNumber: true },
    { label: html`<span title="${words.originHelp}">${words.origin}</span>` },
  ];
  const rows = shown.map((change) => row(change, format));
  const oldest = shown.at(-1);
  const cursor = oldest && `${oldest.observedAt}.${oldest.offset}.${oldest.index}`;
  const older =
    changes.length > limit &&
    html`<nav class="pages" aria-label="${words.older}"><span class="right"><a rel="next" href="${withQuery(view, { before: cursor })}">${words.older} →</a></span></nav>`;
  return card(
    { id: 'changes-title', title: words.changes },
    html`${table(words.changes, columns, rows)}${older}`,
  );
}

function row(change: ProductChange, format: Format): Html {
  const words = DASHBOARD_WORDS[format.locale].item;
  const moved = change.after.available - (change.before?.available ?? 0);
  const sign = moved > 0 ? '+' : '';
  const reason = change.reason === null ? '' : ` (${words.reasons[change.reason] ?? change.reason})`;
  return html`<tr><td class="nowrap">${format.moment(change.observedAt)}</td><td>${change.scheme.toUpperCase()}</td>
<td>${change.warehouseId === '' ? html`<span class="soft">${words.total}</span>` : change.warehouseId}</td>
<td class="wide"><span class="soft small">${words.ops[change.op] ?? change.op}${reason}</span> ${steps(change, format)}</td>
<td class="n ${moved > 0 ? 'up' : moved < 0 ? 'down' : 'zero'}" data-label="${words.delta}">${sign}${format.number(moved)}</td>
<td class="wide"><code title="${words.originHelp}">${change.topic}/${change.partition}/${change.offset}</code></td></tr>`;
}

/** Before → after of every figure that differs. */
function steps({ before, after }: ProductChange, format: Format): readonly Html[] {
  const words = DASHBOARD_WORDS[format.locale].item;
  const old = (name: keyof StockLevel) => before?.[name] ?? 0;
  const moved = FIGURES.filter(
    (name) => old(name) !== after[name] || (before === null && name === 'available'),
  );
  return moved.map(
    (name, index) =>
      html`${index > 0 && ', '}<span class="nowrap">${words.figure[name]} ${before === null ? '—' : format.number(old(name))} → ${format.number(after[name])}</span>`,
  );
}
