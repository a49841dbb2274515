import type { LogRecord } from '../../src/ports/log-records.js';
import { type Level, type Query, readRow } from './model-rows.js';

/**
 * What must follow from a raw partition, worked out a second time and as plainly as possible: the whole log is read,
 * cut into snapshots, and each snapshot judged from the history of every key. Shares no code with the program.
 */
export interface ModelChange {
  readonly offset: number;
  readonly key: string;
  readonly op: 'c' | 'u' | 'd';
  /** present, reserved, available, to client, from client. */
  readonly before: Level | null;
  readonly after: Level;
  readonly reason: string | undefined;
  readonly seq: number;
  readonly snapshotId: string;
  readonly observedAt: string;
}

export interface ModelSnapshot {
  readonly id: string;
  readonly feed: string;
  readonly firstOffset: number;
  readonly status: 'open' | 'applied' | 'held' | 'incomplete' | 'failed' | 'abandoned';
}

export interface Model {
  readonly ledger: readonly ModelChange[];
  /** Key → level and whether closed. */
  readonly levels: ReadonlyMap<
    string,
    { readonly level: Level; readonly closed: boolean; readonly seq: number }
  >;
  readonly snapshots: readonly ModelSnapshot[];
  /** Records that were for no open snapshot, or there already. */
  readonly stale: ReadonlyMap<string, number>;
}

const NOTHING: Level = [0, 0, 0, 0, 0];

export function modelOf(log: readonly LogRecord[]): Model {
  const feeds = [...new Set(log.map((record) => record.key ?? ''))].filter(
    (id) => id.split(':').length === 3,
  );
  const parts = feeds.map((feed) =>
    feedModel(
      feed,
      log.filter((record) => record.key === feed),
    ),
  );
  const byOffset = (a: { offset: number }, b: { offset: number }) => a.offset - b.offset;
  return {
    ledger: parts.flatMap((part) => part.ledger).sort(byOffset),
    levels: new Map(parts.flatMap((part) => [...part.levels])),
    snapshots: parts.flatMap((part) => part.snapshots).sort((a, b) => a.firstOffset - b.firstOffset),
    stale: new Map(parts.map((part, index) => [feeds[index] ?? '', part.stale])),
  };
}

interface Part {
  /** The record that began it: a snapshot's, or a retirement. */
  readonly first: Entry;
  readonly chunks: Entry[];
  unreadable: number;
  ending: { readonly how: 'completed' | 'failed' | 'abandoned' | 'none'; readonly by?: Entry };
}

interface Entry {
  readonly record: LogRecord;
  readonly event: RawJson;
}

/** Only what is used; the log of a test holds nothing but well-formed events and plain rubbish. */
interface RawJson {
  readonly type: string;
  readonly snapshotId: string;
  readonly source: string;
  readonly page: number;
  readonly chunk: number;
  readonly chunks: number;
  readonly rows: readonly Record<string, unknown>[] & number;
  readonly pages: number;
  readonly products?: { readonly least: number; readonly greatest: number };
  readonly fetchedAt: string;
  readonly completedAt: string;
  readonly query?: Query;
  readonly scope: {
    readonly schemes: readonly string[];
    readonly places?: Readonly<Record<string, string | readonly string[]>>;
    readonly byIds?: boolean;
  };
  readonly limits: { readonly absenceLimit: number; readonly absenceMin: number };
  readonly acceptAbsences: boolean;
}

const DAY = 24 * 60 * 60 * 1000;

function feedModel(feed: string, log: readonly LogRecord[]) {
  const { parts, stale } = cut(log);
  const past = new Past(feed);
  const snapshots: ModelSnapshot[] = [];
  let held: Held | null = null;
  let repeated = 0;
  for (const part of parts) {
    const retired = part.first.event.type === 'feed-retired';
    const verdict: Verdict = retired ? retire(part, past) : judge(part, past, held);
    if (verdict.held !== undefined) held = verdict.held;
    repeated += verdict.again;
    const { offset } = part.first.record;
    const id = part.first.event.snapshotId ?? `retired-${offset}`;
    snapshots.push({ id, feed, firstOffset: offset, status: verdict.status });
  }
  return { ledger: past.ledger, levels: past.levels(), snapshots, stale: stale + repeated };
}

/** The life of every key of a feed. */
class Past {
  readonly ledger: ModelChange[] = [];
  private readonly steps = new Map<string, ModelChange[]>();

  constructor(readonly feed: string) {}

  /** Adds to a key's life, unless it says nothing new. A reason ends it. */
  note(key: string, level: Level, at: Omit<ModelChange, 'key' | 'op' | 'before' | 'after' | 'seq'>): void {
    const steps = this.steps.get(key) ?? [];
    const last = steps.at(-1);
    const ends = at.reason !== undefined;
    if (!ends && last !== undefined && last.op !== 'd' && String(last.after) === String(level)) return;
    const op = ends ? 'd' : last === undefined ? 'c' : 'u';
    const step = {
      ...at,
      key,
      op,
      before: last?.after ?? null,
      after: level,
      seq: steps.length + 1,
    } as const;
    this.steps.set(key, [...steps, step]);
    this.ledger.push(step);
  }

  live(): Set<string> {
    return new Set([...this.steps].filter(([, steps]) => steps.at(-1)?.op !== 'd').map(([key]) => key));
  }

  available(key: string): number {
    return this.steps.get(key)?.at(-1)?.after[2] ?? 0;
  }

  inStock(keys: readonly string[]): number {
    return new Set(keys.filter((key) => this.available(key) > 0).map(productOf)).size;
  }

  levels(): [string, { level: Level; closed: boolean; seq: number }][] {
    return [...this.steps].map(([key, steps]) => {
      const last = steps.at(-1) as ModelChange;
      return [key, { level: last.after, closed: last.op === 'd', seq: last.seq }];
    });
  }
}

/** Which records belong to which snapshot, and how each ended. */
function cut(log: readonly LogRecord[]): { parts: Part[]; stale: number } {
  const parts: Part[] = [];
  let open: Part | null = null;
  let stale = 0;
  const end = (how: Part['ending']['how'], by?: Entry) => {
    if (open !== null) open.ending = by === undefined ? { how } : { how, by };
    open = null;
  };
  const begin = (first: Entry): Part => {
    end('abandoned');
    const part: Part = { first, chunks: [], unreadable: 0, ending: { how: 'none' } };
    parts.push(part);
    return part;
  };
  for (const record of log) {
    const current = open as Part | null;
    if (current !== null && record.timestamp - current.first.record.timestamp > DAY) end('abandoned');
    const event = parsed(record);
    if (event === null) {
      if (open !== null) (open as Part).unreadable += 1;
      continue;
    }
    const entry = { record, event };
    if (event.type === 'snapshot-started') {
      open = begin(entry);
    } else if (event.type === 'feed-retired') {
      open = begin(entry);
      end('none');
    } else if (open === null || (open as Part).first.event.snapshotId !== event.snapshotId) {
      stale += 1;
    } else if (event.type === 'page-chunk') {
      (open as Part).chunks.push(entry);
    } else {
      end(event.type === 'snapshot-completed' ? 'completed' : 'failed', entry);
    }
  }
  return { parts, stale };
}

/** The run of equal snapshots that the guard holds. */
interface Held {
  readonly keys: string;
  readonly count: number;
  readonly at: number;
}

interface Verdict {
  readonly status: ModelSnapshot['status'];
  readonly held?: Held | null;
  /** Chunks that were there already. */
  readonly again: number;
}

function retire({ first }: Part, past: Past): Verdict {
  const { offset, timestamp } = first.record;
  const observedAt = new Date(timestamp).toISOString();
  for (const key of sorted(past.live())) {
    past.note(key, NOTHING, { offset, reason: 'rescoped', snapshotId: `retired-${offset}`, observedAt });
  }
  return { status: 'applied', again: 0 };
}

/** What a snapshot's pages say of what it set out to read, the new keys of known products set aside; all others are noted at once. */
function read({ first, chunks, unreadable }: Part, past: Past) {
  const before = past.live();
  const productsBefore = new Set([...before].map(productOf));
  const later = new Map<string, { level: Level; observedAt: string }>();
  const pages = new Map<number, { chunks: number; numbers: Set<number> }>();
  const seen = new Set<string>();
  const listed = new Set<string>();
  const asked = new Set<string>();
  const removed = new Set<string>();
  const sums = { rows: 0, bad: unreadable, again: 0 };
  for (const { record, event } of chunks) {
    const page = pages.get(event.page) ?? { chunks: event.chunks, numbers: new Set<number>() };
    if (page.numbers.has(event.chunk)) {
      sums.again += 1;
      continue;
    }
    pages.set(event.page, page);
    page.numbers.add(event.chunk);
    sums.rows += event.rows.length;
    const query = event.query ?? {};
    for (const id of query.productIds ?? []) (query.removed === true ? removed : asked).add(id);
    const observedAt = new Date(event.fetchedAt).toISOString();
    const where = {
      offset: record.offset,
      reason: undefined,
      snapshotId: first.event.snapshotId,
      observedAt,
    };
    for (const item of event.rows.map((row) => readRow(past.feed, row, query))) {
      if (item === null) {
        sums.bad += 1;
        continue;
      }
      if (query.endpoint === undefined) listed.add(item.product);
      for (const { key, level } of item.levels) {
        if (!within(first.event.scope, key)) continue;
        seen.add(key);
        if (!before.has(key) && productsBefore.has(item.product)) later.set(key, { level, observedAt });
        else past.note(key, level, where);
      }
    }
  }
  return { ...sums, before, later, pages, seen, listed, asked, removed };
}

function judge(part: Part, past: Past, waiting: Held | null): Verdict {
  const { first, ending } = part;
  const { snapshotId, scope, limits, acceptAbsences } = first.event;
  const stockBefore = past.inStock([...past.live()]);
  const found = read(part, past);
  const { seen, again } = found;
  if (ending.by === undefined || ending.how !== 'completed') {
    return { status: ending.how === 'failed' || ending.how === 'abandoned' ? ending.how : 'open', again };
  }
  const { record, event } = ending.by;
  if (!isWhole(found, event)) return { status: 'incomplete', again };

  const { rescoped, moved, removed, vanished, expected } = missing(found, scope);
  const share = past.inStock(vanished) / Math.max(1, stockBefore);
  const shrunk = past.inStock(vanished) >= limits.absenceMin && share > limits.absenceLimit;
  const emptied = seen.size === 0 && expected > 0;
  let held: Held | null = null;
  if ((shrunk || emptied) && !acceptAbsences) {
    held = counted(waiting, sorted(seen).join('\n'), record.timestamp);
  }
  const applied = held === null || held.count >= 3;
  const at = { offset: record.offset, snapshotId, observedAt: new Date(event.completedAt).toISOString() };
  for (const [key, { level, observedAt }] of found.later) {
    past.note(key, level, { ...at, observedAt, reason: undefined });
  }
  for (const key of rescoped) past.note(key, NOTHING, { ...at, reason: 'rescoped' });
  for (const key of moved) past.note(key, NOTHING, { ...at, reason: 'moved' });
  for (const key of removed) past.note(key, NOTHING, { ...at, reason: 'absent' });
  if (!applied) return { status: 'held', held, again };
  for (const key of vanished) past.note(key, NOTHING, { ...at, reason: 'absent' });
  return { status: 'applied', held: null, again };
}

/** Why each key that stood before and is not in the snapshot is not, and how many it should have held. */
function missing({ before, seen, asked, removed }: ReturnType<typeof read>, scope: RawJson['scope']) {
  const standing = new Set([...seen].map(productOf));
  const lists: Record<'rescoped' | 'moved' | 'removed' | 'vanished', string[]> = {
    rescoped: [],
    moved: [],
    removed: [],
    vanished: [],
  };
  let expected = 0;
  for (const key of sorted(before)) {
    const product = productOf(key);
    const saidGone = removed.has(product) && !standing.has(product);
    if (!within(scope, key)) lists.rescoped.push(key);
    else if (saidGone) lists.removed.push(key);
    else if (scope.byIds !== true || asked.has(product) || removed.has(product)) {
      expected += 1;
      if (seen.has(key)) continue;
      lists[standing.has(product) ? 'moved' : 'vanished'].push(key);
    }
  }
  return { ...lists, expected };
}

function isWhole(found: ReturnType<typeof read>, announced: RawJson): boolean {
  const { bad, rows, pages, listed } = found;
  const range = announced.products;
  return (
    bad === 0 &&
    rows === Number(announced.rows) &&
    pages.size === announced.pages &&
    [...pages].every(([page, { chunks, numbers }]) => page <= announced.pages && numbers.size === chunks) &&
    (range === undefined || (listed.size >= range.least && listed.size <= range.greatest))
  );
}

/** One more held snapshot: the same keys as before, and an hour later, count once more. */
function counted(waiting: Held | null, keys: string, at: number): Held {
  if (waiting?.keys !== keys) return { keys, count: 1, at };
  return at - waiting.at >= DAY / 24 ? { keys, count: waiting.count + 1, at } : waiting;
}

function parsed(record: LogRecord): RawJson | null {
  try {
    return JSON.parse(String(record.value)) as RawJson;
  } catch {
    return null;
  }
}

const productOf = (key: string) => key.split(':')[2] ?? '';

function within({ schemes, places = {} }: RawJson['scope'], key: string): boolean {
  const [, , , scheme = '', warehouse = ''] = key.split(':');
  const where = places[scheme];
  const fits =
    where === undefined ||
    (where === 'total' && warehouse === '') ||
    (where === 'warehouses' && warehouse !== '') ||
    (Array.isArray(where) && where.includes(warehouse));
  return schemes.includes(scheme) && fits;
}

/** In the order of keys: product by number, then scheme and warehouse as text. */
function sorted(keys: Iterable<string>): string[] {
  const rank = (key: string) => key.split(':');
  return [...keys].sort((a, b) => {
    const [, , p = '', ...x] = rank(a);
    const [, , q = '', ...y] = rank(b);
    return Number(p) - Number(q) || (x.join(':') < y.join(':') ? -1 : 1);
  });
}
