import { TOPICS, type TopicName, topicOf } from '../../../src/events/topics.js';
import { compareAlerts, SaidAlerts, SaidEnds } from './alerts-compare.js';
import { compareObserved, PublishedChanges } from './changes-topic.js';
import type { SeenRecord } from './console-consumer.js';
import { Tables } from './database.js';
import { type GroupOffsets, type KafkaWitness, kafkaTools } from './kafka-witness.js';
import { LedgerComparison, type LedgerFrame, readLedger, unexplained } from './ledger.js';
import { compareMails } from './mails-compare.js';
import { compareOffsets } from './offsets-compare.js';
import { DeadLetters, PublishedEvents } from './outbox-compare.js';
import { RawLog } from './raw-log.js';
import { DEFAULT_LIMITS, expectedAlerts } from './rules.js';
import { Secrets } from './secrets.js';
import { type CheckerSettings, type Difference, Differences } from './settings.js';
import { compareFoldedTopic, compareLevels, compareSnapshots, compareViews } from './tables-compare.js';
import { type Change, type Fate, World } from './world.js';

export interface CheckReport {
  readonly ok: boolean;
  readonly figures: Readonly<Record<string, number>>;
  /** How many of each kind; of each the first are in {@link differences}. */
  readonly counts: Readonly<Record<string, number>>;
  readonly differences: readonly Difference[];
  readonly seed?: number | string | undefined;
  readonly schedule?: readonly string[] | undefined;
}

/**
 * Recomputes from the raw topic what must be in tables, topics and mails, and says where they differ. The pipeline
 * must have come to rest. Reads only, and shares no code with the pipeline but the event schemas.
 */
export async function check(
  settings: CheckerSettings,
  kafka: KafkaWitness = kafkaTools(settings.brokers),
): Promise<CheckReport> {
  const differences = new Differences();
  const begun = Date.now();
  const tables = await Tables.open(settings.mysql);
  try {
    const figures = await new Checking(settings, kafka, tables, differences).run();
    return {
      ok: differences.list.length === 0,
      figures: { ...figures, milliseconds: Date.now() - begun },
      counts: differences.counts,
      differences: differences.list,
      seed: settings.seed,
      schedule: settings.schedule,
    };
  } finally {
    await tables.close();
  }
}

interface Marks {
  readonly starts: ReadonlyMap<number, number>;
  readonly ends: ReadonlyMap<number, number>;
  readonly offsets: GroupOffsets;
}

class Checking {
  private readonly secrets: Secrets;
  private readonly rawTopic: string;
  private readonly fates = new Map<string, Fate>();
  private comparison: LedgerComparison | undefined;
  private readonly world: World;
  private readonly raw: RawLog;

  constructor(
    private readonly settings: CheckerSettings,
    private readonly kafka: KafkaWitness,
    private readonly tables: Tables,
    private readonly differences: Differences,
  ) {
    this.secrets = new Secrets(settings.secrets ?? [], differences);
    this.rawTopic = topicOf(settings.prefix, TOPICS.rawSnapshots);
    this.world = new World(
      (change: Change) => this.comparison?.expect(change),
      (partition, firstOffset) => this.fates.get(`${partition}/${firstOffset}`),
    );
    this.raw = new RawLog(this.world, this.rawTopic);
  }

  async run(): Promise<Record<string, number>> {
    const { settings, tables, differences, world, raw } = this;
    const replayed = settings.replayed === true;
    const marks = await this.marks();
    const frame = await this.frame(marks.starts);
    const groups = await compareOffsets(tables, marks.offsets, marks.ends, settings.prefix, differences);

    const seed = raw.knew.bind(raw);
    const { books, chain, rows: changes } = await readLedger(tables, frame, world, differences, seed);
    const comparison = new LedgerComparison(books, frame.newestLife, world, differences);
    if (!replayed) this.comparison = comparison;
    const follows = new Map<number, number>();
    await this.read(TOPICS.rawSnapshots, (record) => {
      const { partition, offset } = record;
      // Nothing but records lies there: whoever finds a hole has not read all of it.
      const expected = follows.get(partition) ?? offset;
      if (offset !== expected) differences.add('raw-log-has-a-hole', `${partition}`, expected, offset);
      follows.set(partition, offset + 1);
      if (offset < (marks.ends.get(partition) ?? 0)) raw.take(record);
    });
    comparison.finish();
    if (!replayed) await unexplained(tables, books, frame, world, differences);

    const levels = await compareLevels(tables, world, chain.states, differences, replayed);
    await compareSnapshots(tables, frame, world, differences);
    await compareViews(tables, world, differences);
    const published = new PublishedChanges(books, world, differences);
    const topics = await this.events(groups, marks, frame.newestLife, replayed, (record) =>
      published.take({
        partition: record.partition,
        offset: record.offset,
        key: record.key?.toString() ?? null,
        value: record.value?.toString() ?? null,
        id: record.headers.ce_id ?? '',
      }),
    );
    published.finish();
    compareFoldedTopic(world, chain.states, published.states, differences);
    const observed =
      settings.observed === undefined
        ? 0
        : await compareObserved(settings.observed, books, world, differences);
    await this.lookForSecrets();
    return {
      rawRecords: raw.records,
      rawRows: raw.rows,
      feeds: world.feeds.size,
      beheadedFeeds: [...world.feeds.values()].filter(({ beheaded }) => beheaded).length,
      snapshots: world.snapshots.length,
      keys: world.keys.count,
      expectedChanges: world.changes,
      ledgerRows: changes,
      levels,
      published: published.records,
      observed,
      ...topics,
    };
  }

  /** Offsets first: checkpoints only grow, so that what is compared later can only be further on. */
  private async marks(): Promise<Marks> {
    const { kafka, rawTopic } = this;
    const groups = ['projector', 'anomaly', 'mailer'].map((name) => `${this.settings.prefix}.${name}`);
    const offsets = await kafka.committed(groups);
    const [starts, ends] = await Promise.all([
      kafka.ends(rawTopic, 'earliest'),
      kafka.ends(rawTopic, 'latest'),
    ]);
    return { starts, ends, offsets };
  }

  private async frame(logStart: ReadonlyMap<number, number>): Promise<LedgerFrame> {
    const { tables, rawTopic, world } = this;
    const lives = new Map(
      (await tables.rows('SELECT incarnation_id, life FROM incarnations WHERE topic = ?', [rawTopic])).map(
        ([id, life]) => [Number(id), Number(life)],
      ),
    );
    const newestLife = Math.max(1, ...lives.values());
    for (const [partition, start] of logStart) {
      if (start > 0 || newestLife > 1) world.beheaded.add(partition);
    }
    const feeds = new Map(
      (await tables.rows('SELECT feed_id, feed FROM feeds')).map(([id, feed]) => [Number(id), String(feed)]),
    );
    const snapshotIds = new Map<string, string>();
    const columns = 'incarnation_id, partition_no, first_offset, snapshot_id, status';
    for await (const [id, partition, offset, name, status] of tables.stream(
      `SELECT ${columns} FROM snapshots`,
    )) {
      snapshotIds.set(`${id}/${partition}/${offset}`, String(name));
      if (lives.get(Number(id)) === newestLife) this.fates.set(`${partition}/${offset}`, status as Fate);
    }
    return { lives, newestLife, feeds, snapshotIds, logStart };
  }

  /** The output topics; of alerts and mails only where somebody makes them. */
  private async events(
    groups: ReadonlySet<string>,
    marks: Marks,
    life: number,
    replayed: boolean,
    onChange: (record: SeenRecord) => void,
  ): Promise<Record<string, number>> {
    const { settings, tables, differences, world } = this;
    const events = new PublishedEvents(differences);
    const said = new SaidAlerts(differences);
    const ends = new SaidEnds();
    const dead = new DeadLetters(this.rawTopic, life, differences);
    await Promise.all([
      this.read(TOPICS.stockChanges, onChange),
      this.read(TOPICS.syncEvents, (record) => {
        events.take(TOPICS.syncEvents, record);
        ends.take(record);
      }),
    ]);
    await Promise.all([
      this.read(TOPICS.alerts, (record) => {
        events.take(TOPICS.alerts, record);
        said.take(record);
      }),
      this.read(TOPICS.deadLetters, (record) => {
        events.take(TOPICS.deadLetters, record);
        dead.take(record);
      }),
    ]);
    const outbox = await events.compare(tables, differences);
    dead.compare(world.dead, (place) => isKnown(place, marks.starts));
    if (!replayed) ends.compare(world, differences);
    const figures: Record<string, number> = {
      outbox,
      alerts: said.ids.size,
      alertsExpected: 0,
      mails: 0,
      deliveries: 0,
    };
    if (groups.has(`${settings.prefix}.anomaly`) && !replayed) {
      const expected = expectedAlerts(world, { ...DEFAULT_LIMITS, ...defined(settings.rules) });
      figures.alertsExpected = [...expected.values()].reduce((sum, ids) => sum + ids.length, 0);
      await compareAlerts(tables, said, expected, world, differences);
    }
    if (settings.mails !== undefined) {
      const { mails, lostAnswers = [] } = settings;
      Object.assign(figures, await compareMails(tables, mails, lostAnswers, said.ids, differences));
    }
    return figures;
  }

  private async read(name: TopicName, onRecord: (record: SeenRecord) => void): Promise<void> {
    await this.kafka.read(topicOf(this.settings.prefix, name), (record) => {
      const where = `${name} ${record.partition}/${record.offset}`;
      this.secrets.look(where, record.key);
      this.secrets.look(where, record.value);
      for (const [header, text] of Object.entries(record.headers))
        this.secrets.look(`${where} ${header}`, text);
      onRecord(record);
    });
  }

  private async lookForSecrets(): Promise<void> {
    const { mails, observed, logs = [] } = this.settings;
    await this.secrets.lookInTables(this.tables);
    for (const file of [mails, observed, ...logs])
      if (file !== undefined) await this.secrets.lookInFile(file);
  }
}

function isKnown(place: string, starts: ReadonlyMap<number, number>): boolean {
  const [partition, offset] = place.split('/').map(Number);
  return (offset ?? 0) >= (starts.get(partition ?? 0) ?? 0);
}

function defined<T extends object>(partial: T | undefined): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(partial ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
