/** Sets of labels that one metric may have: above this a monitoring system suffers more than it helps. */
const MOST_SERIES = 1000;
const LONGEST = 200;
const OTHER = 'other';

export type Labels = Readonly<Record<string, string>>;

/**
 * Keeps labels harmless: values without secrets and of bounded length, and never more than so many sets of them.
 * What comes after that goes under `other`.
 */
export class LabelGuard {
  /** Finished labels by those that were handed in. */
  readonly #known = new Map<string, Labels>();

  /** @param clean takes secrets out of a text */
  constructor(
    private readonly clean: (text: string) => string,
    private readonly most = MOST_SERIES,
  ) {}

  of(labels: Labels): Labels {
    const key = JSON.stringify(Object.values(labels));
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const isFull = this.#known.size >= this.most;
    const safe = Object.fromEntries(
      Object.entries(labels).map(([name, value]) => [
        name,
        isFull ? OTHER : this.clean(value).slice(0, LONGEST),
      ]),
    );
    if (!isFull) this.#known.set(key, safe);
    return safe;
  }
}
