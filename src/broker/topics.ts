import { AppError } from '../errors.js';
import { TOPICS, type TopicSpec, topicOf, topicSpecs } from '../events/topics.js';
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
  const { resources } = await broker.ask(`reading the settings of ${topic}`, (admin) =>
    admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: Object.keys(spec.settings) }],
    }),
  );
  const actual = new Map(resources[0]?.configEntries.map((entry) => [entry.configName, entry.configValue]));
  return Object.entries(spec.settings)
    .filter(([name, value]) => actual.get(name) !== value)
    .map(([name, value]) => `${name}=${value} (was ${actual.get(name)})`);
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
