import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/domain/secret.js';
import { LabelGuard } from '../../../src/ops/label-guard.js';
import { COUNTERS, GAUGES, TIMINGS } from '../../../src/ops/metric-names.js';
import { PrometheusMetrics } from '../../../src/ops/metrics.js';
import { redact } from '../../../src/ops/secrets.js';

const secret = 'wb-token-9137-secret';
const clean = (text: string) => redact(text, [new Secret(secret)]);
const open = () => new PrometheusMetrics({ version: '1.2.3', command: 'worker', clean });

describe('the metrics of a process', () => {
  it('are counted and timed under their names, with their labels', async () => {
    const metrics = open();
    metrics.count('apiCalls', { source: 'ozon', method: 'product-stocks', status: '200' });
    metrics.count('apiCalls', { source: 'ozon', method: 'product-stocks', status: '200' }, 2);
    metrics.time('apiWait', { source: 'ozon', method: 'product-stocks' }, 0.3);
    const text = await metrics.text();
    expect(text).toContain(
      'inventory_sync_api_requests_total{source="ozon",method="product-stocks",status="200"} 3',
    );
    expect(text).toContain(
      'inventory_sync_api_wait_seconds_bucket{le="0.5",source="ozon",method="product-stocks"} 1',
    );
    expect(text).toContain(
      'inventory_sync_api_wait_seconds_bucket{le="0.25",source="ozon",method="product-stocks"} 0',
    );
    expect(text).toContain('inventory_sync_build_info{version="1.2.3",command="worker"} 1');
    expect(text).toMatch(/^process_cpu_seconds_total /m);
  });

  it('are never counted down, by a mistake of ours or a clock that was put back', async () => {
    const metrics = open();
    metrics.count('changes', { source: 'ozon' }, 5);
    metrics.count('changes', { source: 'ozon' }, -3);
    metrics.time('database', { operation: 'select' }, -1);
    const text = await metrics.text();
    expect(text).toContain('inventory_sync_changes_total{source="ozon"} 5');
    expect(text).toContain('inventory_sync_db_duration_seconds_sum{operation="select"} 0');
  });

  it('show a gauge only with the values that it has now', async () => {
    const metrics = open();
    const severity = (name: string, value: number) => ({
      gauge: 'alertsOpen' as const,
      labels: { severity: name },
      value,
    });
    metrics.set(['alertsOpen'], [severity('critical', 1), severity('info', 2)]);
    metrics.set(['alertsOpen'], [severity('info', 3)]);
    const text = await metrics.text();
    expect(text).toContain('inventory_sync_alerts_open{severity="info"} 3');
    expect(text).not.toContain('severity="critical"');
  });

  it('hold no secret in any label, wherever it comes in', async () => {
    const metrics = open();
    metrics.count('apiCalls', { source: 'ozon', method: `x?token=${secret}`, status: '200' });
    metrics.time('kafkaTransaction', { consumergroup: secret, outcome: 'committed' }, 1);
    const labels = { source: 'ozon', account: secret, feed: `ozon:${secret}:stocks` };
    metrics.set(['feedComplete'], [{ gauge: 'feedComplete', labels, value: 1 }]);
    const text = await metrics.text();
    expect(text).not.toContain(secret);
    expect(text).toContain('account="***",feed="ozon:***:stocks"');
  });

  it('have names that only one metric has, in the form that Prometheus wants', () => {
    const specs = [...Object.values(COUNTERS), ...Object.values(TIMINGS), ...Object.values(GAUGES)];
    const names = specs.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, help, labels } of specs) {
      expect(name).toMatch(/^(?:inventory_sync|kafka)_[a-z0-9_]+$/);
      expect(help).toMatch(/\.$/);
      for (const label of labels) expect(label).toMatch(/^[a-z]+$/);
    }
    for (const { name } of Object.values(COUNTERS)) expect(name).toMatch(/_total$/);
    for (const { name } of Object.values(TIMINGS)) expect(name).toMatch(/_seconds$/);
  });
});

describe('labels', () => {
  it('are bounded in number and length: what comes after that goes under one name', () => {
    const guard = new LabelGuard((text) => text, 3);
    const seen = new Set<string>();
    for (let id = 0; id < 1000; id += 1) seen.add(guard.of({ method: `/stocks/${id}` }).method ?? '');
    expect([...seen]).toEqual(['/stocks/0', '/stocks/1', '/stocks/2', 'other']);
    expect(guard.of({ method: '/stocks/1' })).toEqual({ method: '/stocks/1' });
    const long = new LabelGuard((text) => text).of({ method: 'x'.repeat(10_000) });
    expect(long.method).toHaveLength(200);
  });
});
