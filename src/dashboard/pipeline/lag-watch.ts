import type { LagDesk, LagGroup } from './contract.js';

export interface WatchedPartition {
  readonly partition: number;
  readonly committed: number | null;
  readonly end: number;
  readonly records: number;
  readonly owner: string | null;
  /** Records a minute that the group has gone forward since an earlier look; null before the second look. */
  readonly rate: number | null;
}

export interface WatchedGroup extends Omit<LagGroup, 'partitions'> {
  readonly partitions: readonly WatchedPartition[];
}

const LOOK_MS = 5_000;
/** Throughput is reckoned over this time at most. */
const WINDOW_MS = 120_000;

interface Look {
  readonly at: number;
  readonly groups: readonly LagGroup[];
}

/** One look at the broker for all readers, every few seconds while somebody asks. */
export class LagWatch {
  #looks: Look[] = [];
  #looking: Promise<Look> | undefined;

  constructor(
    private readonly desk: LagDesk,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws KAFKA_UNAVAILABLE */
  async groups(): Promise<readonly WatchedGroup[]> {
    const newest = this.#looks.at(-1);
    if (newest === undefined || this.now() - newest.at >= LOOK_MS) await this.#look();
    const look = this.#looks.at(-1);
    const past = this.#looks[0];
    if (look === undefined || past === undefined) return [];
    return look.groups.map((group) => ({
      ...group,
      partitions: group.partitions.map((one) => ({
        ...one,
        rate: rateOf(one, partitionOf(past, group, one.partition), look.at - past.at),
      })),
    }));
  }

  async #look(): Promise<void> {
    this.#looking ??= this.desk
      .groups()
      .then((groups) => ({ at: this.now(), groups }))
      .finally(() => {
        this.#looking = undefined;
      });
    const look = await this.#looking;
    if (this.#looks.includes(look)) return;
    this.#looks = [...this.#looks.filter(({ at }) => look.at - at <= WINDOW_MS), look];
  }
}

function partitionOf({ groups }: Look, wanted: LagGroup, partition: number) {
  const group = groups.find((one) => one.group === wanted.group && one.topic === wanted.topic);
  return group?.partitions.find((one) => one.partition === partition);
}

function rateOf(
  now: { readonly committed: number | null },
  past: { readonly committed: number | null } | undefined,
  ms: number,
): number | null {
  if (ms <= 0 || now.committed === null || past?.committed == null || now.committed < past.committed)
    return null;
  return Math.round(((now.committed - past.committed) / ms) * 60_000);
}
