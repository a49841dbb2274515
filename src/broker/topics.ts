import { AppError } from '../errors.js';
import { TOPICS, type TopicName, type TopicSpec, topicOf, topicSpecs } from '../events/topics.js';
import type { Broker } from './broker.js';
import { ConfigResourceTypes } from './kafkajs-patched.js';

export interface TopicOutcome {
  readonly topic: string;
  readonly outcome: 'created' | 'unchanged' | 'adjusted';
  readonly detail?: string | undefined;
}

export interface TopicPlan {
  readonly prefix: string;
  readonly rawRetentionDays: number;
  /** −1 leaves it to the broker. */
  readonly replicationFactor: number;
}

/**
 * Makes the topics that are missing and puts the settings right that the design fixes. Never changes a number of
 * partitions: that of stock-changes decides where a key's history lies.
 */
export async function createTopics(broker: Broker, plan: TopicPlan): Promise<TopicOutcome[]> {
  const specs = topicSpecs(plan.rawRetentionDays);
  const existing = new Set(await broker.ask('listing topics', (admin) => admin.listTopics()));
  const missing = specs.filter((spec) => !existing.has(topicOf(plan.prefix, spec.name)));
  if (missing.length > 0) {
    await broker.ask('creating topics', (admin) =>
      admin.createTopics({
        waitForLeaders: true,
        topics: missing.map((spec) => ({
          topic: topicOf(plan.prefix, spec.name),
          numPartitions: spec.partitions,
          replicationFactor: plan.replicationFactor,
          configEntries: Object.entries(spec.settings).map(([name, value]) => ({ name, value })),
        })),
      }),
    );
    // The client waits for leaders only where the first request got through; a broker may know new topics a moment later.
    await broker.ask('waiting for the new topics', (admin) =>
      admin.fetchTopicMetadata({ topics: missing.map((spec) => topicOf(plan.prefix, spec.name)) }),
    );
  }
  const outcomes: TopicOutcome[] = [];
  for (const spec of specs) {
    const topic = topicOf(plan.prefix, spec.name);
    outcomes.push(missing.includes(spec) ? { topic, outcome: 'created' } : await adjust(broker, topic, spec));
  }
  return outcomes;
}

async function adjust(broker: Broker, topic: string, spec: TopicSpec): Promise<TopicOutcome> {
  await refuseOtherPartitions(broker, topic, spec);
  const wrong = await deviations(broker, topic, spec);
  if (wrong.length === 0) return { topic, outcome: 'unchanged' };
  await broker.ask(`altering ${topic}`, async (admin) =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: topic,
          // The request replaces all that is set: what somebody else has set goes along.
          configEntries: Object.entries({ ...(await ownSettings(broker, topic)), ...spec.settings }).map(
            ([name, value]) => ({ name, value }),
          ),
        },
      ],
    }),
  );
  return { topic, outcome: 'adjusted', detail: wrong.join(', ') };
}

/** Settings that differ from what the design fixes, as `name=value (was other)`. */
async function deviations(broker: Broker, topic: string, spec: TopicSpec): Promise<string[]> {
  const actual = await settingsInForce(broker, topic, Object.keys(spec.settings));
  return differences(spec, actual).map(({ name, value, was }) => `${name}=${value} (was ${was})`);
}

function differences(spec: TopicSpec, actual: ReadonlyMap<string, string>): TopicDifference[] {
  return Object.entries(spec.settings)
    .filter(([name, value]) => actual.get(name) !== value)
    .map(([name, value]) => ({ name, value, was: actual.get(name) ?? '' }));
}

async function settingsInForce(
  broker: Broker,
  topic: string,
  configNames: string[],
): Promise<ReadonlyMap<string, string>> {
  const { resources } = await broker.ask(`reading the settings of ${topic}`, (admin) =>
    admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames }],
    }),
  );
  return new Map(resources[0]?.configEntries.map((entry) => [entry.configName, entry.configValue]));
}

interface TopicDifference {
  readonly name: string;
  /** As the design fixes it, and as it is. */
  readonly value: string;
  readonly was: string;
}

/** A topic beside what `topics create` would make of it. */
export interface TopicStanding {
  readonly topic: string;
  readonly name: TopicName;
  readonly isThere: boolean;
  readonly partitions: number;
  readonly expectedPartitions: number;
  readonly differences: readonly TopicDifference[];
  /** Of the partition that has the fewest: copies, and copies that are up to date. */
  readonly replicas: number;
  readonly inSync: number;
  /** Copies that must be up to date for a write to be taken. */
  readonly minInSync: number;
  /** Largest batch that is taken, in bytes. */
  readonly maxBytes: number;
}

/** How the topics are. Changes nothing. @throws KAFKA_UNAVAILABLE, KAFKA_REFUSED */
export async function topicStandings(
  broker: Broker,
  plan: Pick<TopicPlan, 'prefix' | 'rawRetentionDays'>,
): Promise<TopicStanding[]> {
  const existing = new Set(await broker.ask('listing topics', (admin) => admin.listTopics()));
  const standings: TopicStanding[] = [];
  for (const spec of topicSpecs(plan.rawRetentionDays)) {
    const topic = topicOf(plan.prefix, spec.name);
    standings.push(existing.has(topic) ? await standingOf(broker, topic, spec) : absent(topic, spec));
  }
  return standings;
}

async function standingOf(broker: Broker, topic: string, spec: TopicSpec): Promise<TopicStanding> {
  const names = [...Object.keys(spec.settings), 'min.insync.replicas', 'max.message.bytes'];
  const actual = await settingsInForce(broker, topic, names);
  const { topics } = await broker.ask(`looking at ${topic}`, (admin) =>
    admin.fetchTopicMetadata({ topics: [topic] }),
  );
  const partitions = topics[0]?.partitions ?? [];
  const least = (counts: readonly number[]) => Math.min(...counts);
  return {
    ...absent(topic, spec),
    isThere: true,
    partitions: partitions.length,
    differences: differences(spec, actual),
    replicas: least(partitions.map(({ replicas }) => replicas.length)),
    inSync: least(partitions.map(({ isr }) => isr.length)),
    minInSync: Number(actual.get('min.insync.replicas') ?? 1),
    maxBytes: Number(actual.get('max.message.bytes') ?? Number.NaN),
  };
}

function absent(topic: string, { name, partitions: expectedPartitions }: TopicSpec): TopicStanding {
  const none = { partitions: 0, replicas: 0, inSync: 0, minInSync: 0, maxBytes: 0 };
  return { topic, name, isThere: false, expectedPartitions, differences: [], ...none };
}

/** Kafka's number for a setting of the topic itself, as against the broker's or a default. */
const SET_ON_TOPIC = 1;

async function ownSettings(broker: Broker, topic: string): Promise<Record<string, string>> {
  const { resources } = await broker.ask(`reading the settings of ${topic}`, (admin) =>
    admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
    }),
  );
  const own = (resources[0]?.configEntries ?? []).filter(
    ({ configSource }) => Number(configSource) === SET_ON_TOPIC,
  );
  return Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]));
}

async function refuseOtherPartitions(broker: Broker, topic: string, spec: TopicSpec): Promise<void> {
  if (spec.name !== TOPICS.stockChanges) return;
  const count = await broker.partitionCount(topic);
  if (count === spec.partitions) return;
  throw new AppError(
    'TOPIC_UNFIT',
    `topic ${topic} has ${count} partitions, ${spec.partitions} were expected`,
    {
      remedy:
        'use another KAFKA_TOPIC_PREFIX: partitions of this topic cannot be changed without reordering keys',
    },
  );
}

/** At the start of a command: all topics are there. @throws TOPIC_UNFIT naming those that are not */
export async function requireTopics(broker: Broker, prefix: string): Promise<void> {
  const existing = new Set(await broker.ask('listing topics', (admin) => admin.listTopics()));
  const missing = Object.values(TOPICS)
    .map((name) => topicOf(prefix, name))
    .filter((topic) => !existing.has(topic));
  if (missing.length === 0) return;
  throw new AppError('TOPIC_UNFIT', `missing topics: ${missing.join(', ')}`, {
    remedy: 'run `inventory-sync topics create`; check KAFKA_TOPIC_PREFIX',
  });
}
