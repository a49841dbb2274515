import { type Tables, timeOf } from './database.js';
import { type States, sameLevel } from './keys.js';
import type { LedgerFrame } from './ledger.js';
import type { Level } from './rows.js';
import type { Differences } from './settings.js';
import { accountOf, type World } from './world.js';

/** The view stock_levels against what must be, and against the folded ledger. */
export async function compareLevels(
  tables: Tables,
  world: World,
  ledger: States,
  differences: Differences,
  replayed: boolean,
): Promise<number> {
  const seen = new Uint8Array(world.keys.count + 1);
  let rows = 0;
  const columns = `source, account, product_id, scheme, warehouse_id, present, reserved, available, in_way_to_client,
    in_way_from_client, seq, closed, observed_at`;
  for await (const row of tables.stream(`SELECT ${columns} FROM stock_levels`)) {
    rows += 1;
    const text = row.slice(0, 5).join(':');
    const key = world.keys.numberOf(text);
    const level = row.slice(5, 10).map(Number) as unknown as Level;
    const [seq, live, at] = [Number(row[10]), Number(row[11]) === 0, timeOf(row[12])];
    if (key >= seen.length) {
      differences.add('level-that-nothing-explains', text, null, level);
      continue;
    }
    if (seen[key] === 1) differences.add('level-twice', text, 1, 2);
    seen[key] = 1;
    const { states } = world;
    if (!states.knows(key)) differences.add('level-that-nothing-explains', text, null, level);
    else if (!sameLevel(states.level(key), level) || states.isLive(key) !== live) {
      differences.add('level-wrong', text, shown(states, key), { level, live });
    } else if (!replayed && (states.seq(key) !== seq || states.observedAt(key) !== at)) {
      const expected = { seq: states.seq(key), at: states.observedAt(key) };
      differences.add('level-version-wrong', text, expected, { seq, at });
    }
    const same =
      sameLevel(ledger.level(key), level) && ledger.isLive(key) === live && ledger.seq(key) === seq;
    if (!same)
      differences.add('level-is-not-the-folded-ledger', text, shown(ledger, key), { level, live, seq });
  }
  for (let key = 0; key < seen.length - 1; key += 1) {
    if (seen[key] === 1) continue;
    if (world.states.knows(key)) {
      differences.add('level-missing', world.keys.textOf(key), shown(world.states, key), null);
    } else if (ledger.knows(key)) {
      differences.add('level-is-not-the-folded-ledger', world.keys.textOf(key), shown(ledger, key), null);
    }
  }
  return rows;
}

/** stock-changes.v1, folded from its beginning, is the stock as well: what others build on. */
export function compareFoldedTopic(
  world: World,
  ledger: States,
  topic: States,
  differences: Differences,
): void {
  for (let key = 0; key < world.keys.count; key += 1) {
    if (ledger.knows(key) && !sameLevel(ledger.level(key), topic.level(key))) {
      differences.add(
        'topic-folds-to-another-level',
        world.keys.textOf(key),
        shown(ledger, key),
        shown(topic, key),
      );
    }
  }
}

/** Every snapshot that was acknowledged has an end, and the right one. */
export async function compareSnapshots(
  tables: Tables,
  frame: LedgerFrame,
  world: World,
  differences: Differences,
): Promise<void> {
  const stored = new Map<string, readonly (string | number | null)[]>();
  const columns = 'incarnation_id, partition_no, first_offset, snapshot_id, status, last_offset';
  for await (const row of tables.stream(`SELECT ${columns} FROM snapshots`)) {
    if (frame.lives.get(Number(row[0])) === frame.newestLife) stored.set(`${row[1]}/${row[2]}`, row.slice(3));
  }
  for (const told of world.snapshots) {
    const place = `${told.partition}/${told.firstOffset}`;
    const where = `${told.feed} ${told.snapshotId} (raw ${place})`;
    const row = stored.get(place);
    stored.delete(place);
    if (row === undefined) {
      differences.add('snapshot-lost', where, told.fate, null);
      continue;
    }
    const [snapshotId, status, lastOffset] = row;
    const end = told.lastOffset;
    if (snapshotId !== told.snapshotId) differences.add('snapshot-wrong', where, told.snapshotId, snapshotId);
    else if (status !== told.fate) {
      const kind = status === 'open' ? 'snapshot-without-its-end' : 'snapshot-wrong-end';
      differences.add(kind, where, told.fate, status);
    } else if ((lastOffset === null ? null : Number(lastOffset)) !== end) {
      differences.add('snapshot-wrong-end', where, end, lastOffset);
    }
  }
  for (const [place, [snapshotId]] of stored) {
    const [partition, offset] = place.split('/').map(Number);
    if ((offset ?? 0) < (frame.logStart.get(partition ?? 0) ?? 0)) continue;
    differences.add('snapshot-that-nothing-explains', `raw ${place}`, null, snapshotId);
  }
}

/** The views that people query, reckoned anew from what must be; and stock_changes against the ledger it shows. */
export async function compareViews(tables: Tables, world: World, differences: Differences): Promise<void> {
  const [[view = []], [base = []]] = [
    await tables.rows('SELECT COUNT(*), SUM(after_available), SUM(seq) FROM stock_changes'),
    await tables.rows('SELECT COUNT(*), SUM(after_available), SUM(seq) FROM ledger'),
  ];
  if (view.join() !== base.join())
    differences.add('view-stock-changes', 'count, pieces, versions', base, view);
  const feeds = await tables.rows('SELECT feed, watermark_at, retired_at FROM feeds');
  for (const [feed, watermark, retired] of feeds) {
    const standing = world.feeds.get(String(feed));
    if (standing === undefined || standing.beheaded) continue;
    const at = watermark === null ? null : timeOf(watermark);
    if (standing.watermark !== at) differences.add('watermark-wrong', String(feed), standing.watermark, at);
    if (standing.retired !== (retired !== null)) {
      differences.add('retirement-wrong', String(feed), standing.retired, retired);
    }
  }
  await compareInventory(tables, world, differences);
}

interface Sum {
  readonly level: number[];
  readonly feeds: Set<string>;
}

async function compareInventory(tables: Tables, world: World, differences: Differences): Promise<void> {
  const sums = productSums(world);
  const removed = new Map<string, boolean>();
  const columns = 'a.source, a.account, p.product_id, p.name, p.offer_id, p.removed_at';
  const join = 'products p JOIN accounts a ON a.account_id = p.account_id';
  let entered = 0;
  for await (const row of tables.stream(`SELECT ${columns} FROM ${join}`)) {
    entered += compareProduct(world, row, differences, removed);
  }
  const named = [...world.products].flatMap(([account, products]) =>
    [...products.keys()].map((id) => `${account}:${id}`),
  );
  if (named.length > entered) {
    const lost = named.filter((id) => !removed.has(id));
    for (const id of lost) differences.add('product-missing', id, 'entered', null);
  }
  const figures = 'present, reserved, available, in_way_to_client, in_way_from_client, last_sync_at';
  const shownProducts = new Set<string>();
  for await (const row of tables.stream(
    `SELECT source, account, product_id, ${figures} FROM inventory_data`,
  )) {
    const id = row.slice(0, 3).join(':');
    shownProducts.add(id);
    const level = row.slice(3, 8).map(Number);
    const sum = sums.get(id);
    const expected = sum?.level ?? [0, 0, 0, 0, 0];
    if (expected.join() !== level.join()) differences.add('inventory-wrong', id, expected, level);
    const confirmed = confirmedAt(world, accountOf(id), sum);
    const at = row[8] === null ? null : timeOf(row[8]);
    if (confirmed !== undefined && confirmed !== at) {
      differences.add('inventory-last-sync-wrong', id, confirmed, at);
    }
  }
  for (const [id, isRemoved] of removed) {
    if (shownProducts.has(id) === isRemoved)
      differences.add('inventory-shows-wrong-products', id, !isRemoved, isRemoved);
  }
}

/** 1 where the product is one that the raw topic names. */
function compareProduct(
  world: World,
  row: readonly (string | number | null)[],
  differences: Differences,
  removed: Map<string, boolean>,
): 0 | 1 {
  const [source, account, product, name, offer, removedAt] = row;
  const id = `${source}:${account}:${product}`;
  removed.set(id, removedAt !== null);
  const known = world.products.get(`${source}:${account}`)?.get(String(product));
  const feeds = [...world.feeds.values()].filter(({ feed }) => accountOf(feed) === `${source}:${account}`);
  // What an earlier log said of it is not known any more.
  if (feeds.some(({ beheaded }) => beheaded)) return known === undefined ? 0 : 1;
  if (known === undefined) {
    differences.add('product-that-nothing-explains', id, null, offer);
    return 0;
  }
  if ((known.name ?? null) !== name) differences.add('product-name-wrong', id, known.name ?? null, name);
  const articles = known.articles();
  if (offer === null ? articles.length > 0 : !articles.includes(String(offer))) {
    differences.add('product-article-wrong', id, articles, offer);
  }
  const catalogued = known.namings().some(([feed]) => !feed.isStock);
  const since = known.removed?.startedAt ?? Number.POSITIVE_INFINITY;
  const clear = known.namings().every(([, at]) => at < since);
  if (known.removed !== null && clear && removedAt === null) {
    differences.add('product-not-removed', id, new Date(known.removed.at).toISOString(), null);
  }
  // One that only feeds of stock name may have been there when a catalogue that lacks it was judged, or not yet.
  if (known.removed === null && catalogued && removedAt !== null) {
    differences.add('product-removed-wrongly', id, null, removedAt);
  }
  return 1;
}

/** Pieces over all live feeds, and which feeds hold or held a row. */
function productSums(world: World): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (let key = 0; key < world.keys.count; key += 1) {
    const feed = world.holderOf(key);
    if (feed === undefined || feed.retired) continue;
    const id = world.keys.textOf(key).split(':', 3).join(':');
    const sum = sums.get(id) ?? { level: [0, 0, 0, 0, 0], feeds: new Set<string>() };
    world.states.level(key).forEach((figure, index) => {
      sum.level[index] = (sum.level[index] ?? 0) + figure;
    });
    sum.feeds.add(feed.feed);
    sums.set(id, sum);
  }
  return sums;
}

/** The oldest watermark of its feeds, or of all the account's where none holds a row; undefined where that is unknown. */
function confirmedAt(world: World, account: string, sum: Sum | undefined): number | null | undefined {
  const feeds = [...world.feeds.values()].filter(
    ({ feed, isStock, retired }) =>
      isStock && !retired && accountOf(feed) === account && (sum === undefined || sum.feeds.has(feed)),
  );
  if (feeds.some(({ beheaded }) => beheaded)) return undefined;
  const marks = feeds.map(({ watermark }) => watermark);
  return marks.length === 0 || marks.includes(null) ? null : Math.min(...(marks as number[]));
}

function shown(states: States, key: number) {
  return { level: states.level(key), live: states.isLive(key), seq: states.seq(key) };
}
