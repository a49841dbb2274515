import { anomalySettings } from '../../anomaly-settings.js';
import { placeOf } from '../../consumers/changed-products.js';
import { inPieces } from '../../consumers/product-pieces.js';
import { number, oneLine } from '../../domain/anomaly/wording.js';
import { isCatalogue, parseFeed } from '../../domain/feed.js';
import type { SyncEvent } from '../../events/sync-event.js';
import { TOPICS, topicOf } from '../../events/topics.js';
import type { Installation } from '../../main.js';
import type { ChangesPlace } from '../../ports/product-history.js';
import { createProductPast, type ProductPast } from '../../store/product-history.js';
import { NO_PIECES } from '../../store/statements/product-totals.js';
import { chunked } from '../../store/statements/sql-text.js';
import { toldSyncEvents } from '../../store/told-events.js';
import type { CommandContext } from '../context.js';
import { table } from '../sync/table.js';
import { friendlyTime } from './friendly-time.js';
import { factsThen, Hindsight, PastTotals, ReadGaps, type RuleSummary, type Said } from './retrospect.js';
import { MONITOR_WORDS } from './words.js';

const EXAMPLES = 3;

/** `monitor --detect-anomalies`: what the rules, as they are set now, say of what happened since. Writes nothing. */
export async function detectAnomalies(
  installation: Installation,
  context: CommandContext,
  { sinceMs, json }: { readonly sinceMs: number; readonly json: boolean },
): Promise<number> {
  const now = Date.now();
  const since = new Date(now - sinceMs);
  const { events, rules } = await review(installation, since, now);
  if (json) context.printJson(document(rules, events, since));
  else context.print(text(rules, events, since, installation));
  return 0;
}

async function review(installation: Installation, since: Date, now: number) {
  const { config, prefix } = installation;
  const database = await installation.database();
  const history = createProductPast(database, topicOf(prefix, TOPICS.rawSnapshots));
  const totals = await totalsBefore(toldSyncEvents(database, since), history);
  const hindsight = new Hindsight(anomalySettings(config), EXAMPLES);
  const gaps = new ReadGaps(config.alerts.maxSyncAgeHours);
  let events = 0;
  for await (const event of toldSyncEvents(database, since)) {
    events += 1;
    if (event.type === 'feed-retired') gaps.forget(event.feed);
    if (isWholeStock(event)) for (const look of gaps.before(event)) hindsight.judge(look, look.at);
    hindsight.judge(event, event.at);
    const place = placeOf(event);
    if (place === null) continue;
    for await (const changed of changedThen(place, Date.parse(event.at), history, totals))
      hindsight.judge(changed, event.at);
  }
  for (const look of gaps.at(now)) hindsight.judge(look, look.at);
  return { events, rules: hindsight.summary() };
}

/** From now back to the beginning, as far as sums go; the order does not matter to a sum. */
async function totalsBefore(events: AsyncIterable<SyncEvent>, history: ProductPast): Promise<PastTotals> {
  const past = new PastTotals();
  for await (const event of events) {
    const place = placeOf(event);
    if (place === null) continue;
    const scope = scopeOf(place);
    const steps = await history.steps(place);
    for (const some of chunked(steps.filter(({ productId }) => !past.isKnown(scope, productId)))) {
      const today = await history.totals(place, some);
      for (const { productId } of some) past.begin(scope, productId, today.get(productId) ?? NO_PIECES);
    }
    for (const step of steps) past.takeBack(scope, step);
  }
  return past;
}

/** What the snapshot changed, as the rules would have been shown it. */
async function* changedThen(place: ChangesPlace, at: number, history: ProductPast, past: PastTotals) {
  const scope = scopeOf(place);
  const steps = await history.steps(place);
  yield* inPieces({ ...place, at }, steps, {
    facts: async (some) => {
      const known = await history.background(place, some, at);
      return some.flatMap((step) => {
        const background = known.get(step.productId);
        return background === undefined ? [] : [factsThen(background, step, past.spans(scope, step), at)];
      });
    },
    lastMoved: (some) => history.lastMoved(place, some, at),
  });
  for (const step of steps) past.advance(scope, step);
}

function isWholeStock(event: SyncEvent): boolean {
  if (event.type !== 'snapshot-applied' || event.part !== 1 || event.partial === true) return false;
  const feed = parseFeed(event.feed);
  return feed !== null && !isCatalogue(feed);
}

const scopeOf = ({ source, account }: ChangesPlace): string => `${source}:${account}`;

function document(rules: readonly RuleSummary[], events: number, since: Date): object {
  const example = ({ finding, at }: Said) => ({
    at,
    severity: finding.severity,
    fingerprint: finding.fingerprint,
    evidence: finding.evidence,
    product: finding.product ?? null,
    text: finding.text,
  });
  return {
    since: since.toISOString(),
    events,
    rules: rules.map(({ rule, raised, resolved, newest }) => ({
      rule,
      raised,
      resolved,
      newest: newest.map(example),
    })),
  };
}

function text(rules: readonly RuleSummary[], events: number, since: Date, { config }: Installation): string {
  const { locale, timeZone } = config;
  const words = MONITOR_WORDS[locale].detect;
  const time = friendlyTime(locale, timeZone);
  const read = `${words.read(number(locale, events), time(since.getTime()))}\n`;
  if (rules.length === 0) return `${read}${words.nothing}\n`;
  const rows = rules.map(({ rule, raised, resolved, newest: [newest] }) => [
    rule,
    number(locale, raised),
    number(locale, resolved),
    newest === undefined ? '–' : time(Date.parse(newest.at)),
  ]);
  const examples = rules.flatMap(({ newest }) =>
    newest.map(({ finding, at }) => `- ${time(Date.parse(at))}  ${oneLine(finding.text[locale], 400)}\n`),
  );
  const shown = examples.length === 0 ? '' : `${words.newest}\n${examples.join('')}`;
  return `${read}${table([words.columns, ...rows], 1)}${shown}`;
}
