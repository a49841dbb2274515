/** Longer than any wait of ours that is bounded: a broker or database that is away is not our end. */
const LIMIT_MS = 120_000;

/** Whether a daemon still comes round: it beats every few seconds while its own checks find nothing wrong. */
export class Liveness {
  #beatAt: number;

  /** @param now milliseconds on a clock that nobody sets */
  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly limitMs = LIMIT_MS,
  ) {
    this.#beatAt = now();
  }

  readonly beat = (): void => {
    this.#beatAt = this.now();
  };

  /** What is wrong, or null. */
  readonly problem = (): string | null => {
    const silentMs = this.now() - this.#beatAt;
    return silentMs < this.limitMs ? null : `nothing has come round for ${Math.round(silentMs / 1000)} s`;
  };
}
