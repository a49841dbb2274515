import { anomalySettings } from '../../anomaly-settings.js';
import type { ProductFacts } from '../../domain/anomaly/finding.js';
import { number, oneLine } from '../../domain/anomaly/wording.js';
import { isCatalogue, parseFeed } from '../../domain/feed.js';
import { TOPICS, topicOf } from '../../events/topics.js';
import type { Installation } from '../../main.js';
import type { ChangesPlace, ProductStep } from '../../ports/product-history.js';
import { createProductHistory } from '../../store/product-history.js';
import { toldSyncEvents } from '../../store/told-events.js';
import type { CommandContext } from '../context.js';
import { table } from '../sync/table.js';
import { friendlyTime } from './friendly-time.js';
import {
  type AppliedEvent,
  factsThen,
  Hindsight,
  PastTotals,
  type RuleSummary,
  type Said,
  staleLooks,
  summarise,
} from './retrospect.js';
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
  const history = createProductHistory(database, topicOf(prefix, TOPICS.rawSnapshots));
  const past = new PastTotals();
  // First from now back to the beginning, as far as sums go; the order does not matter to a sum.
  for await (const event of toldSyncEvents(database, since)) {
    const place = placeOf(event);
    if (place === null) continue;
    const steps = await history.steps(place);
    // As of the end of everything, and so of now.
    const end = { ...place, to: Number.MAX_SAFE_INTEGER };
    const today = new Map(
      (await history.facts(end, steps, now)).map((fact) => [fact.productId, fact] as const),
    );
    for (const step of steps) past.takeBack(scopeOf(place), step, () => totalsOf(today.get(step.productId)));
  }
  const hindsight = new Hindsight(anomalySettings(config));
  const applied: Pick<AppliedEvent, 'feed' | 'source' | 'account' | 'at'>[] = [];
  let events = 0;
  for await (const event of toldSyncEvents(database, since)) {
    events += 1;
    hindsight.judge(event, event.at);
    const place = placeOf(event);
    if (event.type === 'snapshot-applied' && event.part === 1 && event.partial !== true) {
      const { feed, source, account, at } = event;
      const parsed = parseFeed(feed);
      if (parsed !== null && !isCatalogue(parsed)) applied.push({ feed, source, account, at });
    }
    if (place !== null) {
      const at = Date.parse(event.at);
      const steps = await history.steps(place);
      const facts = await factsAt(steps, await history.facts(place, steps, at), past, place, at);
      const { feed, source, account } = event;
      const judged = { type: 'products-changed', feed, source, account, at, products: facts } as const;
      if (facts.length > 0) hindsight.judge(judged, event.at);
    }
  }
  for (const look of staleLooks(applied, config.alerts.maxSyncAgeHours, now)) hindsight.judge(look, look.at);
  return { events, rules: summarise(hindsight.news(), EXAMPLES) };
}

/** As the rules are asked while events come: not of first reads, in which everything is new. */
function placeOf(event: Parameters<Hindsight['judge']>[0]): ChangesPlace | null {
  if (event.type !== 'snapshot-applied' || !('place' in event) || event.place === undefined) return null;
  if (event.part !== 1 || event.first || event.partial === true) return null;
  const { feed, source, account } = event;
  return { feed, source, account, ...event.place };
}

const scopeOf = ({ source, account }: ChangesPlace): string => `${source}:${account}`;

function totalsOf(fact: ProductFacts | undefined) {
  const none = { available: 0, present: 0, reserved: 0 };
  if (fact === undefined) return none;
  return { available: fact.after, present: fact.present.after, reserved: fact.reserved.after };
}

async function factsAt(
  steps: readonly ProductStep[],
  facts: readonly ProductFacts[],
  past: PastTotals,
  place: ChangesPlace,
  at: number,
): Promise<ProductFacts[]> {
  const byId = new Map(facts.map((fact) => [fact.productId, fact]));
  return steps.flatMap((step) => {
    const spans = past.advance(scopeOf(place), step);
    const fact = byId.get(step.productId);
    return fact === undefined ? [] : [factsThen(fact, step, spans, at)];
  });
}

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
