import { FEED_HELD } from '../../domain/anomaly/feed-held.js';
import { RAN_OUT } from '../../domain/anomaly/ran-out.js';
import { TOTAL_MOVED } from '../../domain/anomaly/total-moved.js';
import {
  type Locale,
  number,
  oneLine,
  productLabel,
  signedPercent,
  sourceName,
} from '../../domain/anomaly/wording.js';
import { type Alert, SEVERITIES, type Severity } from '../../events/alert.js';
import type { ClaimedDigest } from '../../ports/alert-store.js';
import { currentAlerts, groupBy, stillOpen, worstSeverity } from './digest-alerts.js';
import { type DigestCounts, MAIL_WORDS } from './mail-words.js';
import { ruleName } from './rule-words.js';

/** What a digest shows, ready to be set as text or HTML. Texts are clean single lines, not yet escaped. */
export interface DigestView extends DigestCounts {
  /** What is not told one by one, a sentence each. */
  readonly notes: readonly string[];
  readonly sections: readonly Section[];
}

export interface Section {
  /** «Ozon · Критично». */
  readonly heading: string;
  readonly kind: Severity | 'resolved' | 'repeated';
  readonly total: number;
  readonly rows: readonly Row[];
  /** Rows that are counted and not shown. */
  readonly hidden: number;
}

export interface Row {
  /** Whether the title is an article or all that there is to say. */
  readonly kind: 'product' | 'sentence';
  readonly title: string;
  readonly subtitle: string;
  readonly change: string;
  readonly rule: string;
  /** What else the rule says; may be empty. */
  readonly details: string;
  readonly time: string;
}

export interface ViewOptions {
  readonly locale: Locale;
  readonly time: (iso: string) => string;
  readonly maxRows: number;
}

interface Pile {
  readonly heading: string;
  readonly kind: Section['kind'];
  readonly alerts: readonly Alert[];
}

const TEXT_LENGTH = 900;
const DETAILS_LENGTH = 200;
/** With more rows than this products go without details: Gmail cuts a message off at 102 KB. */
const DETAILED_ROWS = 100;

export function digestView(
  digest: Pick<ClaimedDigest, 'alerts' | 'repeated' | 'muted' | 'notReached'>,
  options: ViewOptions,
): DigestView {
  const alerts = currentAlerts(digest.alerts);
  const repeated = stillOpen(digest);
  const { locale } = options;
  const piles = pileUp(alerts, repeated, locale);
  const shown = shares(
    piles.map((pile) => pile.alerts.length),
    options.maxRows,
  );
  const isDetailed = shown.reduce((sum, rows) => sum + rows, 0) <= DETAILED_ROWS;
  const sections = piles.map((pile, index): Section => {
    const rows = pile.alerts.slice(0, shown[index]).map((alert) => rowOf(alert, isDetailed, options));
    const total = pile.alerts.length;
    return { heading: pile.heading, kind: pile.kind, total, rows, hidden: total - rows.length };
  });
  const resolved = alerts.filter((alert) => alert.state === 'resolved').length;
  const notes = notesOf(digest, locale);
  return { raised: alerts.length - resolved, resolved, repeated: repeated.length, notes, sections };
}

function notesOf(
  { muted, notReached = [] }: Pick<ClaimedDigest, 'muted' | 'notReached'>,
  locale: Locale,
): string[] {
  const words = MAIL_WORDS[locale];
  const counts = muted.map(({ source, count }) => `${sourceName(source)}: ${number(locale, count)}`);
  return [
    ...(counts.length === 0 ? [] : [words.muted(counts.join(', '))]),
    ...notReached.map(({ to, said }) => words.notReached(oneLine(to), oneLine(said, 300))),
  ];
}

/** By severity and account, the worst first, then what is still open, what is resolved at the end; in a pile as given. */
function pileUp(alerts: readonly Alert[], repeated: readonly Alert[], locale: Locale): Pile[] {
  const words = MAIL_WORDS[locale];
  const all = [...alerts, ...repeated];
  const old = new Set(repeated);
  const shops = [...groupBy(all, (alert) => `${alert.source}:${alert.account}`).values()];
  shops.sort((a, b) => worstSeverity(b) - worstSeverity(a));
  const kindOf = (alert: Alert): Section['kind'] => {
    if (old.has(alert)) return 'repeated';
    return alert.state === 'resolved' ? 'resolved' : alert.severity;
  };
  const pile = (shop: readonly Alert[], kind: Section['kind']): Pile[] => {
    const chosen = shop.filter((alert) => kindOf(alert) === kind);
    if (chosen.length === 0) return [];
    const what = kind === 'resolved' || kind === 'repeated' ? words[kind] : words.severity[kind];
    return [{ heading: `${shopName(shop, shops)} · ${what}`, kind, alerts: chosen }];
  };
  return [
    ...SEVERITIES.toReversed().flatMap((severity) => shops.flatMap((shop) => pile(shop, severity))),
    ...shops.flatMap((shop) => pile(shop, 'repeated')),
    ...shops.flatMap((shop) => pile(shop, 'resolved')),
  ];
}

/** The account is named only where one marketplace has several. */
function shopName(shop: readonly Alert[], shops: readonly (readonly Alert[])[]): string {
  const [alert] = shop;
  if (alert === undefined) return '';
  const several = shops.filter(([other]) => other?.source === alert.source).length > 1;
  return several ? `${sourceName(alert.source)} ${oneLine(alert.account)}` : sourceName(alert.source);
}

/** Divides the room among the sections: small ones are shown whole, large ones share what is left. */
function shares(wanted: readonly number[], room: number): number[] {
  const given = wanted.map(() => 0);
  const bySize = wanted.map((count, index) => ({ count, index })).sort((a, b) => a.count - b.count);
  let left = room;
  bySize.forEach(({ count, index }, position) => {
    const fair = Math.floor(left / (bySize.length - position));
    given[index] = Math.min(count, fair);
    left -= Math.min(count, fair);
  });
  return given;
}

function rowOf(alert: Alert, isDetailed: boolean, { locale, time }: ViewOptions): Row {
  const { product } = alert;
  const common = { change: changeOf(alert, locale), rule: ruleName(locale, alert), time: time(alert.at) };
  if (product === undefined)
    return {
      ...common,
      kind: 'sentence',
      title: oneLine(alert.text[locale], TEXT_LENGTH),
      subtitle: '',
      details: '',
    };
  const title = oneLine(product.offerId ?? '') || `id ${oneLine(product.productId)}`;
  const details = isDetailed ? detailsOf(alert, locale) : '';
  return { ...common, kind: 'product', title, subtitle: oneLine(product.name ?? ''), details };
}

/** What the rule says of a product besides what the other columns show: figures, remedy. */
function detailsOf({ rule, state, product, text }: Alert, locale: Locale): string {
  if (product === undefined || state === 'resolved' || rule === RAN_OUT) return '';
  const label = `${productLabel(locale, product)}, `;
  const at = text[locale].indexOf(label);
  return at < 0 ? '' : oneLine(text[locale].slice(at + label.length), DETAILS_LENGTH);
}

function changeOf({ rule, evidence: { before, after } }: Alert, locale: Locale): string {
  if (before === undefined || after === undefined) return '';
  const figures = `${number(locale, before)} → ${number(locale, after)}`;
  if (rule === FEED_HELD) return MAIL_WORDS[locale].rows(figures);
  if (rule !== TOTAL_MOVED || before === 0) return figures;
  return `${figures} (${signedPercent(locale, (after - before) / before)})`;
}
