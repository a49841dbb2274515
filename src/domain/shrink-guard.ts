/** Limits of the shrink guard, carried by snapshot-started so that the outcome is a function of the log. */
export interface ShrinkLimits {
  /** Share of the feed's products with stock, 0 to 1, that may vanish in one snapshot. */
  readonly absenceLimit: number;
  /** Fewer vanishing products than this never trip the share. */
  readonly absenceMin: number;
}

export interface ShrinkFacts {
  /** Live rows of the feed when the snapshot began. */
  readonly rowsBefore: number;
  /** Products with stock in the feed when the snapshot began. */
  readonly inStockBefore: number;
  /** Rows in the snapshot. */
  readonly rowsSeen: number;
  /** Products with stock of which the snapshot holds no row at all. */
  readonly inStockVanishing: number;
}

/** 0.29 of 100 is 28.999999999999996 to a computer: exactly the limit must not count as more. */
const ROUNDING = 1e-6;

/**
 * Why a complete snapshot must be held back, or null. A feed that suddenly shrinks is more often a fault of
 * the marketplace than an emptied warehouse, and a wrong zero takes a product off sale.
 */
export function shrinkObjection(facts: ShrinkFacts, limits: ShrinkLimits): string | null {
  if (facts.rowsSeen === 0 && facts.rowsBefore > 0) {
    return `the answer is empty, ${facts.rowsBefore} rows were known`;
  }
  const { inStockVanishing: gone, inStockBefore: base } = facts;
  if (gone >= limits.absenceMin && gone > limits.absenceLimit * base + ROUNDING) {
    return `${gone} of ${base} products with stock would vanish, more than ${Math.round(limits.absenceLimit * 100)} %`;
  }
  return null;
}

/** How often an equal complete snapshot must be seen, and how far apart, before the guard believes it. */
const CONFIRMATIONS = 3;
const CONFIRMATION_SPACING_MS = 60 * 60 * 1000;

/** The run of equal held snapshots of a feed; times are broker times in Unix milliseconds. */
export interface HeldRun {
  readonly digest: string;
  readonly count: number;
  readonly lastAt: number;
}

/** Counts one more held snapshot. Snapshots nearer than an hour to the last counted one confirm nothing new. */
export function confirmHeld(run: HeldRun | null, digest: string, at: number): HeldRun {
  if (run === null || run.digest !== digest) return { digest, count: 1, lastAt: at };
  if (at - run.lastAt < CONFIRMATION_SPACING_MS) return run;
  return { digest, count: run.count + 1, lastAt: at };
}

export function isConfirmed(run: HeldRun): boolean {
  return run.count >= CONFIRMATIONS;
}
