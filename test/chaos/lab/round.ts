import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../support/random.js';
import type { Installation } from './installation.js';
import type { MailSink } from './mail-sink.js';
import type { Servers } from './servers.js';
import { outcomes } from './settle.js';
import type { Shop } from './shop.js';
import type { Workers } from './workers.js';

/** What a fault has to play with, and where it says what it does. */
export class Round {
  /** The fault schedule: what was done, in order. */
  readonly schedule: string[] = [];
  readonly #begun = Date.now();

  constructor(
    readonly servers: Servers,
    readonly sink: MailSink,
    readonly installation: Installation,
    readonly shop: Shop,
    readonly workers: Workers,
    readonly random: Random,
  ) {}

  note(line: string): void {
    this.schedule.push(`+${((Date.now() - this.#begun) / 1000).toFixed(1)} s ${line}`);
  }

  /** Snapshots of all kinds keep coming in while this is going on. */
  async underLoad<T>(work: () => Promise<T>): Promise<T> {
    const stop = new AbortController();
    const publishing = this.shop.publishUntil(stop.signal);
    try {
      return await work();
    } finally {
      stop.abort();
      await publishing;
    }
  }

  /**
   * Those workers that live bring one good snapshot of each feed to its end: the pipeline goes on by itself.
   * @throws where they do not
   */
  async goesOn(): Promise<void> {
    await outcomes(this.installation, await this.shop.publishGood());
    this.note('all feeds went through');
  }

  pick<T>(list: readonly T[]): T {
    return list[this.random.int(0, list.length - 1)] as T;
  }

  /** A pause of a length that the seed decides. */
  async pause(least: number, most: number): Promise<void> {
    await delay(this.random.int(least, most));
  }

  /** @throws where it does not come true in time */
  async until(what: string, holds: () => Promise<boolean> | boolean, timeoutMs = 90_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error(`in ${timeoutMs / 1000} s not: ${what}`);
      await delay(50);
    }
  }
}

/** A way in which things go wrong. Resolves when the fault is over; what it has broken is checked afterwards. */
export interface Fault {
  readonly name: string;
  /** The raw topic no longer holds all that was applied: what it should have come to cannot be told from it. */
  readonly spoils?: true;
  play(round: Round): Promise<void>;
}
