import type { Timing } from '../../../../src/marketplaces/http/timing.js';
import { throwIfAborted } from '../../../../src/marketplaces/http/timing.js';

/** A clock that stands still until somebody sleeps, and then jumps. */
export class VirtualTiming implements Timing {
  /** Every sleep asked for, in milliseconds. */
  readonly sleeps: number[] = [];
  /** What the dice show. */
  dice = 0;
  #now: number;

  constructor(start = Date.parse('2026-11-23T10:00:00Z')) {
    this.#now = start;
  }

  readonly now = () => this.#now;
  readonly random = () => this.dice;

  advance(ms: number): void {
    this.#now += ms;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.sleeps.push(ms);
    this.#now += ms;
    return Promise.resolve().then(() => throwIfAborted(signal));
  }
}
