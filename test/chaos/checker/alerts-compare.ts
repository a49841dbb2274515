import { alert as alertSchema } from '../../../src/events/alert.js';
import { syncEvent } from '../../../src/events/sync-event.js';
import type { SeenRecord } from './console-consumer.js';
import type { Tables } from './database.js';
import { EXACT_RULES, standsInOneFeed } from './rules.js';
import type { Differences } from './settings.js';
import type { Fact, World } from './world.js';

interface SaidAlert {
  readonly id: string;
  readonly state: 'raised' | 'resolved';
  readonly rule: string;
}

/** alerts.v1 from its beginning. */
export class SaidAlerts {
  /** Fingerprint → what was said of it, in order. */
  readonly byFingerprint = new Map<string, SaidAlert[]>();
  readonly ids = new Set<string>();

  constructor(private readonly differences: Differences) {}

  take(record: SeenRecord): void {
    const where = `alerts ${record.partition}/${record.offset}`;
    let value: unknown;
    try {
      value = JSON.parse(String(record.value));
    } catch {
      value = undefined;
    }
    const { data } = alertSchema.safeParse(value);
    if (data === undefined)
      return this.differences.add('alert-unreadable', where, 'an alert', String(record.value));
    const { id, state, rule, fingerprint } = data;
    if (this.ids.has(id)) this.differences.add('alert-twice', where, 1, id);
    if (record.headers.ce_id !== id) this.differences.add('alert-id-wrong', where, id, record.headers.ce_id);
    this.ids.add(id);
    const said = this.byFingerprint.get(fingerprint) ?? [];
    said.push({ id, state, rule });
    this.byFingerprint.set(fingerprint, said);
  }
}

/** Alerts by the rules that follow from the raw topic, one by one; of all others that they make sense. */
export async function compareAlerts(
  tables: Tables,
  said: SaidAlerts,
  expected: ReadonlyMap<string, readonly string[]>,
  world: World,
  differences: Differences,
): Promise<void> {
  for (const [fingerprint, ids] of expected) {
    const actual = (said.byFingerprint.get(fingerprint) ?? []).map(({ id }) => id);
    if (ids.join('\n') === actual.join('\n')) continue;
    const lacking = ids.filter((id) => !actual.includes(id));
    const surplus = actual.filter((id) => !ids.includes(id));
    const kind =
      lacking.length > 0
        ? 'alert-missing'
        : surplus.length > 0
          ? 'alert-that-nothing-explains'
          : 'alerts-out-of-order';
    differences.add(
      kind,
      fingerprint,
      lacking.length > 0 ? lacking : ids,
      surplus.length > 0 ? surplus : actual,
    );
  }
  const rows = await tables.rows('SELECT fingerprint, alert_id, state FROM alerts');
  const stored = new Map(rows.map(([fingerprint, id, state]) => [String(fingerprint), { id, state }]));
  for (const [fingerprint, alerts] of said.byFingerprint) {
    if (!expected.has(fingerprint) && mustBeExpected(fingerprint, alerts, world)) {
      const ids = alerts.map(({ id }) => id);
      differences.add('alert-that-nothing-explains', fingerprint, [], ids);
    }
    const resolvedFirst = alerts.some(
      ({ state }, index) => state === 'resolved' && alerts[index - 1]?.state !== 'raised',
    );
    if (resolvedFirst)
      differences.add('alert-resolved-that-was-not-open', fingerprint, 'raised before', alerts);
    const last = alerts.at(-1);
    const row = stored.get(fingerprint);
    const state = last?.state === 'raised' ? 'open' : 'resolved';
    if (row?.id !== last?.id || row?.state !== state) {
      differences.add('alert-table-wrong', fingerprint, { id: last?.id, state }, row ?? null);
    }
  }
  for (const [fingerprint, row] of stored) {
    if (!said.byFingerprint.has(fingerprint))
      differences.add('alert-never-published', fingerprint, row, null);
  }
}

function mustBeExpected(fingerprint: string, alerts: readonly SaidAlert[], world: World): boolean {
  const rule = alerts[0]?.rule ?? '';
  if (!EXACT_RULES.has(rule)) return false;
  const about = fingerprint.slice(rule.length + 1);
  if (rule !== 'ran-out') return world.feeds.get(about)?.beheaded === false;
  const [source, account, product = ''] = about.split(':');
  const of = `${source}:${account}`;
  const beheaded = [...world.feeds.values()].some((feed) => feed.beheaded && feed.feed.startsWith(`${of}:`));
  return !beheaded && standsInOneFeed(world, of, product);
}

/** sync-events.v1: what was said of each snapshot's end. */
export class SaidEnds {
  private readonly ends = new Map<string, string[]>();

  take(record: SeenRecord): void {
    const { data } = syncEvent.safeParse(safeJson(record.value));
    if (data === undefined || !data.type.startsWith('snapshot-') || data.type === 'snapshot-started') return;
    if (data.type === 'snapshot-applied' && data.part !== 1) return;
    const place = `${data.feed} ${data.snapshotId}`;
    const said =
      data.type === 'snapshot-applied'
        ? `applied ${data.products.before}→${data.products.after} ${data.available.before}→${data.available.after} ${data.rescoped ?? 0} ${data.vanished ?? '-'}`
        : data.type.slice('snapshot-'.length);
    this.ends.set(place, [...(this.ends.get(place) ?? []), said]);
  }

  compare(world: World, differences: Differences): void {
    const expected = new Map<string, string[]>();
    for (const fact of world.facts) {
      if (world.feeds.get(fact.feed)?.beheaded === true || fact.type === 'retired') continue;
      const place = `${fact.feed} ${fact.snapshotId}`;
      expected.set(place, [...(expected.get(place) ?? []), endOf(fact)]);
    }
    for (const [place, ends] of expected) {
      const said = this.ends.get(place) ?? [];
      if (said.join('; ') === ends.join('; ')) continue;
      const kind = said.length < ends.length ? 'sync-event-missing' : 'sync-event-differs';
      differences.add(kind, place, ends, said);
    }
    for (const [place, said] of this.ends) {
      const [feed = ''] = place.split(' ');
      if (!expected.has(place) && world.feeds.get(feed)?.beheaded === false) {
        differences.add('sync-event-that-nothing-explains', place, [], said);
      }
    }
  }
}

function endOf(fact: Fact): string {
  if (fact.type !== 'applied') return fact.type;
  const { products, available, rescoped, vanished } = fact;
  return `applied ${products.join('→')} ${available.join('→')} ${rescoped} ${vanished ?? '-'}`;
}

function safeJson(value: Buffer | null): unknown {
  try {
    return JSON.parse(String(value));
  } catch {
    return undefined;
  }
}
