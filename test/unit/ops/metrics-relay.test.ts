import { describe, expect, it } from 'vitest';
import { PrometheusMetrics } from '../../../src/ops/metrics.js';
import { MetricsRelay, replayMetrics } from '../../../src/ops/metrics-relay.js';

const open = () => new PrometheusMetrics({ version: '1', command: 'schedule', clean: (text) => text });

describe('what a job measures', () => {
  it('is shown by the scheduler as its own', async () => {
    const messages: object[] = [];
    const relay = new MetricsRelay((message, done) => {
      // As it arrives: through JSON.
      messages.push(JSON.parse(JSON.stringify(message)));
      done();
    });
    relay.count('apiCalls', { source: 'ozon', method: 'roles', status: '200' });
    relay.count('apiCalls', { source: 'ozon', method: 'roles', status: '200' }, 4);
    relay.count('apiCalls', { source: 'ozon', method: 'roles', status: 'none' });
    relay.time('apiWait', { source: 'ozon', method: 'roles' }, 2);
    relay.time('apiWait', { source: 'ozon', method: 'roles' }, 3);
    await relay.close();
    expect(messages).toHaveLength(1);
    const metrics = open();
    for (const message of messages) replayMetrics(message, metrics);
    const text = await metrics.text();
    expect(text).toContain('inventory_sync_api_requests_total{source="ozon",method="roles",status="200"} 5');
    expect(text).toContain('inventory_sync_api_requests_total{source="ozon",method="roles",status="none"} 1');
    expect(text).toContain('inventory_sync_api_wait_seconds_sum{source="ozon",method="roles"} 5');
    expect(text).toContain('inventory_sync_api_wait_seconds_count{source="ozon",method="roles"} 2');
  });

  it('tells nothing where there is nothing, and each thing once', async () => {
    const messages: object[] = [];
    const relay = new MetricsRelay((message, done) => {
      messages.push(message);
      done();
    });
    await relay.close();
    expect(messages).toEqual([]);
    relay.count('changes', { source: 'ozon' });
    await relay.close();
    await relay.close();
    expect(messages).toHaveLength(1);
  });

  it('holds the job up no longer than a second where nobody listens', async () => {
    const relay = new MetricsRelay(() => undefined);
    relay.count('changes', { source: 'ozon' });
    await relay.close();
  });

  it('is no other message, nor a name that nobody knows', async () => {
    const metrics = open();
    const before = await metrics.registry.getMetricsAsJSON();
    replayMetrics('hello', metrics);
    replayMetrics(null, metrics);
    replayMetrics({ inventorySyncMetrics: { counts: [['nonsense', {}, 1]], times: [] } }, metrics);
    const after = await metrics.registry.getMetricsAsJSON();
    const ours = (all: typeof before) => all.filter(({ name }) => name.startsWith('inventory_sync'));
    expect(ours(after)).toEqual(ours(before));
  });
});
