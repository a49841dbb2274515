import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ConfigResourceTypes } from '../../src/broker/kafkajs-patched.js';
import { createTopics } from '../../src/broker/topics.js';
import { TOPICS } from '../../src/events/topics.js';
import { Pipeline } from '../support/pipeline.js';

const OWN = { 'min.insync.replicas': '1', 'retention.bytes': '123456789' };

describe('topics create', () => {
  let pipe: Pipeline;
  beforeAll(async () => {
    pipe = await Pipeline.start('topic_settings');
  });
  afterAll(() => pipe.close());

  it('puts right what the design fixes, and leaves what somebody else has set', async () => {
    const topic = pipe.topic(TOPICS.rawSnapshots);
    const plan = { prefix: pipe.prefix, rawRetentionDays: 14, replicationFactor: 1 };
    await alter(topic, { ...OWN, 'retention.ms': '60000' });
    // What the controller has taken, the broker that is asked knows a moment later.
    const retention = () => settingsOf(topic, ['retention.ms']);
    await vi.waitUntil(async () => (await retention())['retention.ms'] === '60000', { timeout: 20_000 });
    const outcomes = await createTopics(pipe.broker, plan);
    await vi.waitUntil(async () => (await retention())['retention.ms'] !== '60000', { timeout: 20_000 });
    expect(outcomes.find((one) => one.topic === topic)).toMatchObject({ outcome: 'adjusted' });
    const settings = await settingsOf(topic, [...Object.keys(OWN), 'retention.ms', 'message.timestamp.type']);
    expect(settings).toEqual({
      ...OWN,
      'retention.ms': String(14 * 24 * 60 * 60_000),
      'message.timestamp.type': 'LogAppendTime',
    });
    expect((await createTopics(pipe.broker, plan)).every(({ outcome }) => outcome === 'unchanged')).toBe(
      true,
    );
  });

  it('lets whoever has a clock that is hours fast or slow write to every topic', async () => {
    const writer = pipe.broker.recordWriter();
    // The client dates its records by this clock.
    const now = Date.now();
    try {
      for (const name of Object.values(TOPICS)) {
        for (const hours of [5, -5]) {
          const clock = vi.spyOn(Date, 'now').mockImplementation(() => now + hours * 3_600_000);
          await writer
            .write({ topic: pipe.topic(name), partition: 0, key: 'k', value: Buffer.from('{}'), headers: {} })
            .finally(() => clock.mockRestore());
        }
      }
    } finally {
      await writer.close();
    }
  });

  async function alter(topic: string, settings: Record<string, string>): Promise<void> {
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }];
    await pipe.broker.ask('altering the topic', (admin) =>
      admin.alterConfigs({ validateOnly: false, resources }),
    );
  }

  async function settingsOf(topic: string, configNames: string[]): Promise<Record<string, string>> {
    const { resources } = await pipe.broker.ask('reading the settings', (admin) =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames }],
      }),
    );
    return Object.fromEntries(
      (resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [configName, configValue]),
    );
  }
});
