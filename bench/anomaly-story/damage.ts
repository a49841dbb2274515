import type { Mishap } from './plan.js';
import type { Chance } from './random.js';
import type { Item } from './shop.js';

/** What is done to the shop's products, and which of it no read has shown yet. */
export class Damage {
  /** Products of which a part was lost. */
  readonly losses = new Set<string>();
  mass: 'drop' | 'return' | null = null;
  readonly #taken = new Map<Item, number>();
  readonly #oversoldUntil = new Map<Item, number>();
  readonly #chance: Chance;
  readonly #items: readonly Item[];

  constructor(chance: Chance, items: readonly Item[]) {
    this.#chance = chance;
    this.#items = items;
  }

  /** @param hour whole hours since 1970 */
  befall(mishap: Mishap, hour: number): void {
    const { kind } = mishap;
    if (kind === 'mass-drop') this.#dropMany();
    else if (kind === 'mass-return') this.#returnMany();
    else if (kind === 'single-loss') this.#loseOne();
    else if (kind === 'oversell') this.#oversell(hour);
    else if (kind === 'vanish') this.#vanish(mishap.count);
    else if (kind === 'unvanish') for (const item of this.#items) item.hidden = false;
    else if (kind === 'neglect') {
      const running = this.#items.filter(({ stock, rate }) => stock > rate * 4 && stock < rate * 12);
      if (running.length > 0) this.#chance.pick(running).neglected = true;
    }
  }

  #dropMany(): void {
    this.mass = 'drop';
    for (const item of this.#items) {
      if (this.#chance.next() > 0.4 || item.stock === 0) continue;
      const pieces = Math.ceil(item.stock * this.#chance.between(0.6, 1));
      item.stock -= pieces;
      this.#taken.set(item, pieces);
    }
  }

  #returnMany(): void {
    // What has come back before anybody looked was never gone.
    this.mass = this.mass === 'drop' ? null : 'return';
    for (const [item, pieces] of this.#taken) item.stock += pieces;
    this.#taken.clear();
  }

  #loseOne(): void {
    const full = this.#items.filter(
      ({ stock, hidden, oversold }) => stock >= 30 && !hidden && oversold === 0,
    );
    if (full.length === 0 || this.mass !== null) return;
    const item = this.#chance.pick(full);
    item.stock -= Math.ceil(item.stock * this.#chance.between(0.4, 1));
    this.losses.add(item.id);
  }

  #oversell(hour: number): void {
    const candidates = Array.from({ length: 12 }, () => this.#chance.pick(this.#items));
    const item = candidates.reduce((least, one) => (one.stock < least.stock ? one : least));
    if (item.hidden) return;
    item.oversold = this.#chance.int(1, 5);
    this.#oversoldUntil.set(item, hour + this.#chance.int(2, 10));
  }

  /** What was oversold until now is covered. */
  mend(hour: number): void {
    for (const [item, until] of this.#oversoldUntil) {
      if (until > hour) continue;
      item.oversold = 0;
      this.#oversoldUntil.delete(item);
    }
  }

  #vanish(count: number): void {
    // Large losses are planned for a shop of four hundred.
    const wanted = count < 3 ? count : Math.max(3, Math.round((count * this.#items.length) / 400));
    for (let left = wanted; left > 0; left -= 1) {
      const there = this.#items.filter(
        ({ stock, hidden, oversold }) => stock > 0 && !hidden && oversold === 0,
      );
      if (there.length > 0) this.#chance.pick(there).hidden = true;
    }
  }
}
