/** An incident that a good rule tells: raised somewhere between two hours, both included. */
export interface Trouble {
  readonly fingerprint: string;
  readonly from: number;
  readonly until: number;
  /** Telling it is right either way; keeping silent is wrong only where it is required. */
  readonly required: boolean;
}

/** Who knows where trouble lies, because it was put there. */
export class Labels {
  readonly troubles: Trouble[] = [];

  add(fingerprint: string, from: number, until = from): void {
    this.troubles.push({ fingerprint, from, until, required: true });
  }

  /** What may be told and need not be. */
  allow(fingerprint: string, from: number, until = from): void {
    this.troubles.push({ fingerprint, from, until, required: false });
  }
}

/** The truth about low stock: armed above the threshold, told once where it is crossed. */
export class LowStockWatch {
  readonly #told = new Set<string>();

  isNews(id: string, before: number, after: number, threshold: number): boolean {
    if (after > threshold + Math.max(1, threshold / 5)) this.#told.delete(id);
    if (after === 0 || after > threshold || after >= before || this.#told.has(id)) return false;
    this.#told.add(id);
    return true;
  }
}

interface Episode {
  readonly from: number;
  sure: number;
}

/**
 * The truth about what runs out soon, from the rate that the buyers really have: an estimate from two weeks of
 * sales cannot be exact, so there is a grey zone about the limit in which both answers are right.
 */
export class OutlookWatch {
  readonly #episodes = new Map<string, Episode>();

  constructor(
    readonly labels: Labels,
    readonly limit: number,
  ) {}

  look(fingerprint: string, days: number, hour: number): void {
    const episode = this.#episodes.get(fingerprint);
    if (days > this.limit * 1.4) {
      if (episode !== undefined) this.#close(fingerprint, episode, hour);
      return;
    }
    const now = episode ?? { from: hour, sure: 0 };
    if (days > 0 && days <= this.limit * 0.75) now.sure += 1;
    this.#episodes.set(fingerprint, now);
  }

  end(hour: number): void {
    for (const [fingerprint, episode] of this.#episodes) this.#close(fingerprint, episode, hour);
  }

  #close(fingerprint: string, { from, sure }: Episode, until: number): void {
    this.#episodes.delete(fingerprint);
    if (sure >= 2) this.labels.add(fingerprint, from, until);
    else this.labels.allow(fingerprint, from, until);
  }
}
