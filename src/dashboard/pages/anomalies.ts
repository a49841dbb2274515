import { createHash } from 'node:crypto';
import type { Config } from '../../../config/schema.js';
import { sourceName } from '../../domain/anomaly/wording.js';
import { ALERT_TABS, type AlertReader, type AlertTab, type ListedAlert } from '../data/alerts.js';
import { MUTE_SPANS, type MuteSpan } from '../web/actions.js';
import { type Html, html, NOTHING } from '../web/html.js';
import { type Page, type View, withQuery } from '../web/view.js';
import { type Format, formatOf } from '../words/format.js';
import { DASHBOARD_WORDS } from '../words/words.js';
import { card, chips, type StateKind, state, table } from './parts.js';
import { listedText, productLink } from './product-text.js';

const SHOWN = 200;
const KINDS: Readonly<Record<ListedAlert['severity'], StateKind>> = {
  critical: 'bad',
  warning: 'warn',
  info: 'idle',
};

export interface AnomaliesDeps {
  readonly alerts: AlertReader;
  readonly config: Pick<Config, 'timeZone'>;
}

export function anomaliesPage({ alerts, config }: AnomaliesDeps) {
  return async (view: View): Promise<Page> => {
    const words = DASHBOARD_WORDS[view.locale];
    const format = formatOf(view.locale, config.timeZone);
    const tab = ALERT_TABS.find((one) => one === view.query.get('state')) ?? 'open';
    const listed = await alerts.list(tab, SHOWN + 1);
    const tabs = ALERT_TABS.map((one) => ({
      href: withQuery(view, { state: one === 'open' ? undefined : one }),
      text: words.anomalies.tabs[one],
      isChosen: one === tab,
    }));
    return {
      title: words.anomalies.title,
      fixed: html`<div class="head"><h1>${words.anomalies.title}</h1>${!view.mayAct && html`<p>${words.signIn.toAct}</p>`}</div>
<div class="bar">${chips(words.anomalies.tabsLabel, tabs)}</div>`,
      parts: [
        { id: 'alerts', html: alertsCard(view, tab, listed, format) },
        { id: 'threshold', html: view.mayAct ? thresholdCard(view) : NOTHING },
      ],
    };
  };
}

function alertsCard(view: View, tab: AlertTab, listed: readonly ListedAlert[], format: Format): Html {
  const words = DASHBOARD_WORDS[view.locale].anomalies;
  const title = { id: 'alerts-title', title: words.tabs[tab] };
  if (listed.length === 0) return card(title, html`<p class="empty">${words.nothing[tab]}</p>`);
  const { columns } = words;
  const heads = [
    { label: columns.severity },
    { label: columns.what },
    { label: tab === 'resolved' ? words.resolvedAt : columns.since },
    ...(view.mayAct && tab !== 'resolved' ? [{ label: columns.acts }] : []),
  ];
  const shown = listed.slice(0, SHOWN);
  const more = listed.length > SHOWN ? words.more(format.number(SHOWN)) : undefined;
  return card(
    { ...title, more },
    table(
      words.tabs[tab],
      heads,
      shown.map((one) => row(view, tab, one, format)),
    ),
  );
}

function row(view: View, tab: AlertTab, alert: ListedAlert, format: Format): Html {
  const words = DASHBOARD_WORDS[view.locale].anomalies;
  const { source, account, product } = alert;
  const text = alert.text[view.locale];
  const at = tab === 'resolved' ? alert.resolvedAt : alert.raisedAt;
  const about =
    product === undefined
      ? text
      : html`<a href="${productLink({ source, account, productId: product.productId })}">${text}</a>`;
  return html`<tr><td>${state(KINDS[alert.severity], words.severity[alert.severity])}</td>
<th scope="row" class="name wide">${about}
<div class="soft small">${sourceName(source)}${alert.acknowledgedAt !== null && html` · ${words.acknowledged(format.time(alert.acknowledgedAt))}`}${
    alert.mutedUntil !== null && html` · ${words.mutedUntil(format.time(alert.mutedUntil))}`
  }</div></th>
<td class="nowrap">${at === null ? '—' : format.moment(at)}</td>
${view.mayAct && tab !== 'resolved' && html`<td class="wide">${acts(view, alert)}</td>`}</tr>`;
}

function acts(view: View, alert: ListedAlert): Html {
  const words = DASHBOARD_WORDS[view.locale].anomalies;
  const subject = html`<span class="aside">${words.of(listedText(alert.text[view.locale]))}</span>`;
  const hidden = html`<input type="hidden" name="to" value="${withQuery(view, {})}"><input type="hidden" name="fingerprint" value="${alert.fingerprint}">`;
  // Ids stay the same over renderings, so that the focus does.
  const id = createHash('sha256').update(alert.fingerprint).digest('hex').slice(0, 12);
  const form = (action: string, content: Html) =>
    html`<form method="post" action="/do/${action}">${hidden}${content}</form>`;
  const button = (action: string, label: string) =>
    html`<button id="${action}-${id}">${label}${subject}</button>`;
  const spans = (Object.keys(MUTE_SPANS) as MuteSpan[]).map(
    (span) => html`<option value="${span}"${span === '1d' && html` selected`}>${words.spans[span]}</option>`,
  );
  return html`<div class="acts">${
    alert.acknowledgedAt === null && form('acknowledge', button('acknowledge', words.acknowledge))
  }${
    alert.mutedUntil === null
      ? form(
          'mute',
          html`<select name="for" id="for-${id}" aria-label="${words.forHow}">${spans}</select>${button('mute', words.mute)}`,
        )
      : form('unmute', button('unmute', words.unmute))
  }</div>`;
}

function thresholdCard(view: View): Html {
  const words = DASHBOARD_WORDS[view.locale];
  return card(
    { id: 'threshold-title', title: words.anomalies.threshold },
    html`<div class="inside"><form class="line" method="post" action="/do/threshold">
<input type="hidden" name="to" value="${withQuery(view, {})}">
<label>${words.anomalies.thresholdArticle}<input name="article" id="threshold-article" required maxlength="512" autocomplete="off" aria-describedby="threshold-help"></label>
<label>${words.anomalies.thresholdPieces}<input type="number" name="pieces" id="threshold-pieces" min="0" step="1"></label>
<button>${words.item.save}</button></form><p class="soft small" id="threshold-help">${words.anomalies.thresholdHelp}</p></div>`,
  );
}
