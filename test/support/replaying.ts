import { randomUUID } from 'node:crypto';
import { type PlanDeps, planReplay, type ReplayAsk } from '../../src/cli/replay/plan.js';
import { type ReplayDeps, ReplayRun } from '../../src/cli/replay/run.js';
import { TOPICS } from '../../src/events/topics.js';
import { normaliserOf } from '../../src/marketplaces/normalisers.js';
import type { NormaliserOf, ObservedItem } from '../../src/ports/marketplace.js';
import { type ReplayFeedRow, ReplayStore } from '../../src/store/replay-store.js';
import { createSnapshotStatusReader } from '../../src/store/snapshot-status.js';
import type { Pipeline } from './pipeline.js';

/** Reads stock as the real normalisers do, and then spoils it. */
export function buggy(spoil: (item: ObservedItem) => ObservedItem | null): NormaliserOf {
  return (source, endpoint) => {
    const real = normaliserOf(source, endpoint);
    if (real?.kind !== 'stock') return real;
    return {
      kind: 'stock',
      read(row, query) {
        const item = real.read(row, query);
        return spoil(item) ?? { productId: item.productId, rows: [] };
      },
    };
  };
}

export interface ReplayOptions extends Partial<Pick<ReplayDeps, 'limits' | 'acceptAbsences' | 'signal'>> {
  readonly ask?: ReplayAsk;
  readonly stateRows?: number;
  readonly normaliserOf?: NormaliserOf;
}

/** A replay of a test's log in this process, as the command does it. */
export class TestReplay {
  readonly store: ReplayStore;
  generation = 0;

  constructor(
    private readonly pipe: Pipeline,
    private readonly options: ReplayOptions = {},
  ) {
    this.store = new ReplayStore(pipe.db);
  }

  get planDeps(): PlanDeps {
    const { db, broker, prefix } = this.pipe;
    return { db, broker, prefix };
  }

  async begin(): Promise<this> {
    const plan = await planReplay(this.options.ask ?? { since: { kind: 'beginning' } }, this.planDeps);
    this.generation = await this.store.begin('nobody', 'a test', plan);
    return this;
  }

  /** Goes on with the replay to its end, as with `--resume`. */
  async go(options: Partial<ReplayDeps> = {}): Promise<readonly ReplayFeedRow[]> {
    const { pipe, store, generation } = this;
    const owner = randomUUID();
    await store.takeOver(generation, owner);
    const status = createSnapshotStatusReader(pipe.db);
    const run = new ReplayRun({
      ...{ generation, owner, store, broker: pipe.broker, raw: pipe.raw },
      topic: pipe.topic(TOPICS.rawSnapshots),
      shadow: {
        prefix: pipe.prefix,
        normaliserOf: this.options.normaliserOf ?? normaliserOf,
        stateRows: this.options.stateRows ?? 100_000,
      },
      limits: this.options.limits ?? { absenceLimit: 0.5, absenceMin: 20 },
      acceptAbsences: this.options.acceptAbsences ?? false,
      publishedOffset: (group, topic, partition) => status.publishedOffset(group, topic, partition),
      runInProcess: () => undefined,
      failure: () => undefined,
      signal: new AbortController().signal,
      tell: { progress: () => undefined, announced: () => undefined },
      patienceMs: 60_000,
      ...options,
    });
    const feeds = await run.toItsEnd();
    const isDone = feeds.every(({ outcome }) => outcome === null || outcome === 'swapped');
    await store.mark(generation, isDone ? 'done' : 'off', owner);
    if (isDone) await store.clear(generation);
    return feeds;
  }
}
