import type { Keys } from './keys.js';
import { States, sameLevel } from './keys.js';
import type { Level } from './rows.js';
import type { Differences } from './settings.js';

/** One step of a key's life, as a witness tells it. */
export interface Link {
  readonly key: number;
  readonly op: string;
  readonly before: Level | null;
  readonly after: Level;
  readonly seq: number;
  readonly at: number;
  readonly bornIn?: number;
}

/** Follows every key through a witness' story: versions grow by one, and each begins where the last one ended. */
export class Chain {
  readonly states = new States();

  constructor(
    /** For the kind of difference: `ledger`, `topic`, `observed`. */
    private readonly witness: string,
    private readonly keys: Keys,
    private readonly differences: Differences,
  ) {}

  add(link: Link): void {
    const { key, op, before, after, seq, at } = link;
    const { states } = this;
    const known = states.knows(key);
    const where = this.keys.textOf(key);
    if (seq !== states.seq(key) + 1) {
      const kind = seq <= states.seq(key) ? 'version-went-back' : 'version-skipped';
      this.differences.add(`${this.witness}-${kind}`, where, states.seq(key) + 1, seq);
    } else if (!fits(known ? states.level(key) : null, before)) {
      this.differences.add(`${this.witness}-before-is-not-the-last-after`, where, states.level(key), before);
    }
    const right = op === 'c' ? !known : op === 'd' ? states.isLive(key) : known;
    if (!right) this.differences.add(`${this.witness}-wrong-op`, where, known ? 'u or d' : 'c', op);
    if (op === 'd' && after.some((figure) => figure !== 0)) {
      this.differences.add(`${this.witness}-closed-with-stock`, where, 0, after);
    }
    const bornIn = states.isLive(key) ? states.bornIn(key) : (link.bornIn ?? -1);
    states.set(key, { level: after, seq, live: op !== 'd', bornIn, at });
  }
}

function fits(known: Level | null, before: Level | null): boolean {
  if (known === null || before === null) return known === before;
  return sameLevel(known, before);
}
