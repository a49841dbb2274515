import { accountOf, type Fact, type World } from './world.js';

export interface RuleLimits {
  readonly threshold: number;
  readonly maxFailures: number;
  readonly minProducts: number;
}

export const DEFAULT_LIMITS: RuleLimits = { threshold: 0.1, maxFailures: 3, minProducts: 10 };

/** Rules whose alerts follow from the raw topic alone; all others judge by clocks and by hours of products. */
export const EXACT_RULES: ReadonlySet<string> = new Set([
  'feed-held',
  'method-retired',
  'credentials-refused',
  'snapshots-failing',
  'long-wait',
  'total-moved',
  'too-few-products',
  'products-vanished',
  'ran-out',
]);

type Saying = readonly [state: 'raised' | 'resolved', rule: string, evenIfOpen?: boolean];

/**
 * Which alerts there must be, by docs/rules.md: fingerprint → ids in order. A fingerprint that several feeds speak of
 * is left out, for their order is nobody's: so are products that stand in more than one feed of stock.
 */
export function expectedAlerts(world: World, limits: RuleLimits): Map<string, string[]> {
  const alerts = new Map<string, string[]>();
  const open = new Set<string>();
  const say = (
    state: 'raised' | 'resolved',
    fingerprint: string,
    snapshotId: string,
    evenIfOpen: boolean,
  ) => {
    const ids = alerts.get(fingerprint) ?? [];
    alerts.set(fingerprint, ids);
    const isOpen = open.has(fingerprint);
    if (state === 'resolved' ? !isOpen : isOpen && !evenIfOpen) return;
    if (state === 'raised') open.add(fingerprint);
    else open.delete(fingerprint);
    ids.push(`${state}:${fingerprint}:${snapshotId}`);
  };
  for (const fact of world.facts) {
    const { feed, snapshotId } = fact;
    if (world.feeds.get(feed)?.beheaded === true) continue;
    for (const [state, rule, evenIfOpen = false] of sayings(fact, limits)) {
      say(state, `${rule}:${feed}`, snapshotId, evenIfOpen);
    }
    if (fact.type !== 'applied' && fact.type !== 'retired') continue;
    const account = accountOf(feed);
    const moves = [
      ...(fact.type === 'retired' ? [] : fact.ranOut).map((product) => ['raised', product] as const),
      ...(fact.type === 'retired' ? [] : fact.cameBack).map((product) => ['resolved', product] as const),
      ...(fact.unread ?? []).map((product) => ['resolved', product] as const),
    ];
    for (const [state, product] of moves) {
      if (standsInOneFeed(world, account, product))
        say(state, `ran-out:${account}:${product}`, snapshotId, false);
    }
  }
  return alerts;
}

export function standsInOneFeed(world: World, account: string, product: string): boolean {
  const namings = world.products.get(account)?.get(product)?.namings() ?? [];
  return namings.filter(([feed]) => feed.isStock).length === 1;
}

function sayings(fact: Fact, limits: RuleLimits): Saying[] {
  switch (fact.type) {
    case 'held':
      return [['raised', 'feed-held']];
    case 'incomplete':
      return failing(fact.failures, limits);
    case 'failed': {
      if (fact.code === 'API_RETIRED') return [['raised', 'method-retired']];
      if (fact.code === 'API_CREDENTIALS') return [['raised', 'credentials-refused']];
      const { notBefore, at } = fact;
      const waits = fact.code === 'API_LIMITED' && notBefore !== undefined && notBefore - at >= 3_600_000;
      return [...failing(fact.failures, limits), ...(waits ? [['raised', 'long-wait'] as const] : [])];
    }
    case 'applied':
      return ofApplied(fact, limits);
    case 'retired':
      return [...EXACT_RULES].filter((rule) => rule !== 'ran-out').map((rule) => ['resolved', rule]);
  }
}

function failing(failures: number | undefined, { maxFailures }: RuleLimits): Saying[] {
  const many = failures !== undefined && maxFailures > 0 && failures >= maxFailures;
  return many ? [['raised', 'snapshots-failing']] : [];
}

function ofApplied(fact: Extract<Fact, { type: 'applied' }>, limits: RuleLimits): Saying[] {
  const said: Saying[] = ['method-retired', 'credentials-refused', 'snapshots-failing', 'long-wait'].map(
    (rule) => ['resolved', rule],
  );
  if (fact.partial) return said;
  said.push(['resolved', 'feed-held']);
  if (fact.first) return said;
  const [products, productsNow] = fact.products;
  if (limits.minProducts > 0) {
    said.push([productsNow < limits.minProducts ? 'raised' : 'resolved', 'too-few-products']);
  }
  if (fact.rescoped > 0) return said;
  const [before, after] = fact.available;
  if (before > 0) {
    const much = Math.abs(after - before) / before > limits.threshold;
    said.push([much ? 'raised' : 'resolved', 'total-moved', true]);
  } else if (after > 0) {
    said.push(['resolved', 'total-moved']);
  }
  if (fact.vanished !== undefined) {
    const least = Math.max(3, Math.ceil(products * 0.01));
    said.push([fact.vanished >= least ? 'raised' : 'resolved', 'products-vanished', true]);
  }
  return said;
}
