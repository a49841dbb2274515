import type { Chance } from './random.js';

/** What befalls the shop, by hour after the history. */
export type Mishap =
  | { readonly kind: 'read-fails'; readonly code: string; readonly last: boolean }
  | { readonly kind: 'read-lacks' }
  | { readonly kind: 'marketplace-waits'; readonly hours: number }
  | { readonly kind: 'read-held' }
  | { readonly kind: 'mass-drop' }
  | { readonly kind: 'mass-return' }
  | { readonly kind: 'single-loss' }
  | { readonly kind: 'vanish'; readonly count: number }
  | { readonly kind: 'unvanish' }
  | { readonly kind: 'oversell' }
  | { readonly kind: 'neglect' }
  | { readonly kind: 'few'; readonly products: number }
  | { readonly kind: 'lag'; readonly minutes: number }
  | { readonly kind: 'dead-letters'; readonly count: number };

/** Of each day, and what goes with it: large shops have more of what concerns single products. */
export function planOf(chance: Chance, days: number, products: number): Map<number, Mishap[]> {
  const plan = new Map<number, Mishap[]>();
  const at = (hour: number, mishap: Mishap) => plan.set(hour, [...(plan.get(hour) ?? []), mishap]);
  const fail = (from: number, hours: number, code: string) => {
    for (let hour = 0; hour < hours; hour += 1) {
      at(from + hour, { kind: 'read-fails', code, last: hour === hours - 1 });
    }
  };
  const daily = (share: number) => Math.max(1, Math.round((products * share) / days));
  for (let day = 0; day < days; day += 1) {
    const midnight = day * 24;
    // Of sources: one trouble a day, each from a part of the day of its own.
    troubleOf(day % 7, midnight, { chance, at, fail });
    at(midnight + chance.int(19, 23), {
      kind: 'lag',
      minutes: day % 4 === 1 ? chance.int(20, 90) : chance.int(1, 12),
    });
    if (day % 5 === 2) at(midnight + chance.int(0, 23), { kind: 'dead-letters', count: chance.int(1, 4) });
    for (let count = daily(0.08); count > 0; count -= 1)
      at(midnight + chance.int(0, 23), { kind: 'single-loss' });
    for (let count = daily(0.05); count > 0; count -= 1)
      at(midnight + chance.int(0, 23), { kind: 'oversell' });
    for (let count = daily(0.06); count > 0; count -= 1)
      at(midnight + chance.int(0, 23), { kind: 'neglect' });
    // One or two products are withdrawn on any day.
    at(midnight + chance.int(16, 18), { kind: 'vanish', count: chance.int(1, 2) });
    at(midnight + 23, { kind: 'unvanish' });
  }
  return plan;
}

interface Desk {
  readonly chance: Chance;
  readonly at: (hour: number, mishap: Mishap) => void;
  readonly fail: (from: number, hours: number, code: string) => void;
}

function troubleOf(kind: number, midnight: number, { chance, at, fail }: Desk): void {
  const hour = midnight + chance.int(2, 8);
  if (kind === 0) {
    at(hour, { kind: 'mass-drop' });
    at(hour + chance.int(3, 8), { kind: 'mass-return' });
  } else if (kind === 1) {
    fail(hour, chance.int(3, 5), 'API_UNAVAILABLE');
    fail(hour + 8, chance.int(1, 2), 'API_UNAVAILABLE');
  } else if (kind === 2) {
    fail(hour, chance.int(10, 13), 'API_BAD_ANSWER');
  } else if (kind === 3) {
    at(hour, { kind: 'vanish', count: chance.int(15, 40) });
    at(hour + 3, { kind: 'unvanish' });
    at(hour + 5, { kind: 'marketplace-waits', hours: chance.int(2, 5) });
  } else if (kind === 4) {
    fail(hour, 2, 'API_CREDENTIALS');
    fail(hour + 6, 2, 'API_RETIRED');
    at(hour + 9, { kind: 'few', products: chance.int(2, 9) });
    at(hour + 11, { kind: 'few', products: 14 });
  } else if (kind === 5) {
    at(hour, { kind: 'read-held' });
    for (let gap = 3; gap < 6; gap += 1) at(hour + gap, { kind: 'read-lacks' });
  } else {
    fail(hour, 1, 'API_LIMITED');
    at(hour + 4, { kind: 'read-lacks' });
    at(hour + 7, { kind: 'few', products: 11 });
  }
}
