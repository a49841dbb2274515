import { randomUUID } from 'node:crypto';
import { AppError, EXIT } from '../errors.js';
import { TOPICS, topicOf } from '../events/topics.js';
import { Installation } from '../main.js';
import { normaliserOf } from '../marketplaces/normalisers.js';
import { ReplayStore } from '../store/replay-store.js';
import { createSnapshotStatusReader } from '../store/snapshot-status.js';
import type { CommandContext } from './context.js';
import { planReplay } from './replay/plan.js';
import { outcomeDocument, outcomeText, planDocument, planText } from './replay/report.js';
import { type ReplayRequest, replayRequest } from './replay/request.js';
import { resetGroup } from './replay/reset-group.js';
import { ReplayRun } from './replay/run.js';
import { ProgressLine } from './replay/teller.js';
import { REPLAY_WORDS } from './replay/words.js';
import { InProcessWorkers } from './sync/in-process.js';
import { table } from './sync/table.js';

/** A worker may wait for a minute at an announcement. */
const LEAST_PATIENCE_MS = 120_000;

/** `inventory-sync replay`: the log once more, into a generation of its own, and only what differs into the tables. */
export async function replay(options: Record<string, unknown>, context: CommandContext): Promise<number> {
  const loaded = await context.settings();
  const request = replayRequest(options, Date.now());
  const installation = new Installation(loaded, await context.logger('for-people'));
  const command = new ReplayCommand(installation, context, {
    execute: options.execute === true,
    json: options.json === true,
    acceptAbsences: options.acceptAbsences === true,
  });
  try {
    return await command.run(request);
  } finally {
    await installation.close();
  }
}

interface Manner {
  readonly execute: boolean;
  readonly json: boolean;
  readonly acceptAbsences: boolean;
}

class ReplayCommand {
  constructor(
    private readonly installation: Installation,
    private readonly context: CommandContext,
    private readonly manner: Manner,
  ) {}

  async run(request: ReplayRequest): Promise<number> {
    switch (request.kind) {
      case 'reset':
        return this.#reset(request);
      case 'discard':
        return this.#discard(request.generation);
      case 'resume':
        return this.#resume(request.generation);
      case 'new':
        return this.#begin(request);
    }
  }

  get #words() {
    return REPLAY_WORDS[this.context.locale];
  }

  async #store(): Promise<ReplayStore> {
    return new ReplayStore(await this.installation.database());
  }

  async #begin({ ask, asked }: Extract<ReplayRequest, { kind: 'new' }>): Promise<number> {
    const { installation, context, manner } = this;
    const { prefix } = installation;
    const db = await installation.database();
    const plan = await planReplay(ask, { db, broker: await installation.broker(), prefix });
    if (!manner.json) context.print(planText(plan, this.#words));
    if (!manner.execute) {
      if (manner.json) context.printJson(planDocument(plan));
      else context.say(this.#words.dryRun(`inventory-sync replay ${asked} --execute`));
      return EXIT.ok;
    }
    const store = await this.#store();
    await refuseSecond(store);
    const owner = randomUUID();
    const generation = await store.begin(owner, asked, plan);
    const records = plan.partitions.reduce((sum, { from, end }) => sum + end - from, 0);
    context.say(this.#words.began(generation, records));
    return this.#execute(store, generation, owner);
  }

  async #resume(generation: number): Promise<number> {
    const { context, manner } = this;
    const store = await this.#store();
    const found = await store.find(generation);
    if (found === null || found.status === 'discarded' || found.status === 'done') {
      const why = found === null ? 'does not exist' : `is ${found.status}`;
      throw new AppError('USAGE', `replay ${generation} ${why}`, { remedy: await unfinishedText(store) });
    }
    if (!manner.execute) {
      const feeds = await store.feeds(generation);
      if (manner.json) context.printJson(outcomeDocument(generation, found.status, feeds, 0));
      else context.print(outcomeText(feeds, this.#words));
      context.say(this.#words.dryRun(`inventory-sync replay --resume ${generation} --execute`));
      return EXIT.ok;
    }
    const owner = randomUUID();
    await store.takeOver(generation, owner);
    context.say(this.#words.resumed(generation));
    return this.#execute(store, generation, owner);
  }

  async #discard(generation: number): Promise<number> {
    const store = await this.#store();
    const found = await store.find(generation);
    if (found === null || found.status === 'done') {
      const why = found === null ? 'does not exist' : 'is done';
      throw new AppError('USAGE', `replay ${generation} ${why}`, { remedy: await unfinishedText(store) });
    }
    // First of all nobody may exchange rows any more, then they go.
    await store.discard(generation);
    await store.clear(generation);
    if (this.manner.json) this.context.printJson({ generation, status: 'discarded' });
    else this.context.say(this.#words.discarded(generation));
    return EXIT.ok;
  }

  async #execute(store: ReplayStore, generation: number, owner: string): Promise<number> {
    const { installation, context } = this;
    const { signal } = context.shutdown;
    const startedAt = performance.now();
    const tell = new ProgressLine(generation, this.#words, (line) => context.say(line));
    const inProcess = new InProcessWorkers({
      installation,
      onStart: (reason) => context.say(this.#words.inProcess[reason]),
      onDrain: () => context.say(this.#words.draining),
    });
    try {
      const run = new ReplayRun(await this.#deps(store, generation, owner, tell, inProcess));
      const feeds = await run.toItsEnd();
      const open = feeds.filter(({ outcome }) => outcome === 'off' || outcome === 'held');
      await store.mark(generation, open.length === 0 ? 'done' : 'off', owner);
      await inProcess.finish(signal);
      if (open.length === 0) {
        context.say(this.#words.clearing);
        await store.clear(generation);
      }
      const seconds = (performance.now() - startedAt) / 1000;
      const status = open.length === 0 ? 'done' : 'off';
      if (this.manner.json) context.printJson(outcomeDocument(generation, status, feeds, seconds));
      else context.print(outcomeText(feeds, this.#words));
      if (open.some(({ outcome }) => outcome === 'held')) context.say(this.#words.held(generation));
      if (open.some(({ outcome }) => outcome === 'off')) context.say(this.#words.off(generation));
      return open.length === 0 ? EXIT.ok : EXIT.failed;
    } catch (error) {
      await inProcess.finish(AbortSignal.abort());
      context.say(this.#words.interrupted(generation));
      throw error;
    } finally {
      tell.stop();
    }
  }

  async #deps(
    store: ReplayStore,
    generation: number,
    owner: string,
    tell: ProgressLine,
    inProcess: InProcessWorkers,
  ): Promise<ConstructorParameters<typeof ReplayRun>[0]> {
    const { installation, manner } = this;
    const { config, prefix } = installation;
    const db = await installation.database();
    const feeds = await store.feeds(generation);
    const stateRows = config.cache.enabled
      ? Math.floor(config.cache.stateRows / Math.max(1, feeds.length))
      : 0;
    const status = createSnapshotStatusReader(db);
    return {
      ...{ generation, owner, store, tell },
      broker: await installation.broker(),
      raw: await installation.rawProducer(),
      topic: topicOf(prefix, TOPICS.rawSnapshots),
      shadow: { prefix, normaliserOf, stateRows },
      limits: { absenceLimit: config.sync.absenceLimit, absenceMin: config.sync.absenceMin },
      acceptAbsences: manner.acceptAbsences,
      publishedOffset: (group, topic, partition) => status.publishedOffset(group, topic, partition),
      runInProcess: (reason) => inProcess.begin(reason),
      failure: () => inProcess.failure,
      signal: this.context.shutdown.signal,
      patienceMs: Math.max(LEAST_PATIENCE_MS, config.sync.wait * 1000),
    };
  }

  async #reset({ group, topic, to }: Extract<ReplayRequest, { kind: 'reset' }>): Promise<number> {
    const { installation, context, manner } = this;
    const { execute, json } = manner;
    const offsets = await resetGroup(await installation.broker(), installation.prefix, {
      ...{ group, topic, to, execute },
    });
    if (json) context.printJson({ execute, offsets });
    else {
      const rows = offsets.map((one) => [one.group, one.topic, String(one.partition), String(one.offset)]);
      context.print(table([['GROUP', 'TOPIC', 'PARTITION', 'NEW-OFFSET'], ...rows], 2));
    }
    if (!execute) context.say(this.#words.resetDryRun);
    return EXIT.ok;
  }
}

async function refuseSecond(store: ReplayStore): Promise<void> {
  const open = (await store.list()).find(({ status }) => status !== 'done' && status !== 'discarded');
  if (open === undefined) return;
  throw new AppError('RUN_BUSY', `replay ${open.generation} (${open.asked}) is not finished`, {
    remedy: `go on with it: \`inventory-sync replay --resume ${open.generation} --execute\`; or give it up: \`inventory-sync replay --discard ${open.generation}\``,
  });
}

async function unfinishedText(store: ReplayStore): Promise<string> {
  const open = (await store.list()).filter(({ status }) => status !== 'done' && status !== 'discarded');
  return open.length === 0
    ? 'no replay is unfinished'
    : `unfinished: ${open.map(({ generation, asked }) => `${generation} (${asked})`).join(', ')}`;
}
