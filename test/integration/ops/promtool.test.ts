import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PrometheusMetrics } from '../../../src/ops/metrics.js';
import { Scrape } from '../../../src/ops/scrape.js';
import { scratchFolder } from '../../support/engines.js';
import { promtool } from '../../support/promtool.js';

// Prometheus' own judgement of what we give it. Needs its checker, from the machine or from Debian's package.
const program = await promtool();
const folder = join(import.meta.dirname, '..', '..', '..', 'ops', 'prometheus');

function check(args: readonly string[], input?: string) {
  const { status, stdout, stderr } = spawnSync(program ?? '', args, { cwd: folder, input, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describe.skipIf(program === null)('promtool (Debian package prometheus)', () => {
  it('takes the alert rules', () => {
    const { status, output } = check(['check', 'rules', 'inventory-sync.rules.yml']);
    expect(output).toContain('SUCCESS: 14 rules found');
    expect(status).toBe(0);
  });

  it('sees each rule fire when it should, and only then', () => {
    const { status, output } = check(['test', 'rules', 'inventory-sync.rules.test.yml']);
    expect(output).toContain('SUCCESS');
    expect(status, output).toBe(0);
  });

  it('understands every query of the Grafana dashboard', () => {
    const text = readFileSync(join(folder, '..', 'grafana', 'inventory-sync.json'), 'utf8');
    const { panels } = JSON.parse(text) as { panels: { targets?: { expr: string }[] }[] };
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(queries.length).toBeGreaterThan(30);
    const rules = queries.map((expr, index) => {
      const plain = expr.replaceAll('$__rate_interval', '5m').replaceAll(/"\$(?:source|group)"/g, '".*"');
      return `  - { record: "dashboard:query${index}", expr: ${JSON.stringify(plain)} }`;
    });
    const file = join(scratchFolder('dashboard'), 'rules.yml');
    writeFileSync(file, `groups:\n- name: dashboard\n  rules:\n${rules.join('\n')}\n`);
    const { status, output } = check(['check', 'rules', file]);
    expect(status, output).toBe(0);
  });

  it('has nothing against the text of /metrics', async () => {
    const metrics = new PrometheusMetrics({ version: '1', command: 'worker', clean: (text) => text });
    metrics.count('apiCalls', { source: 'ozon', method: 'a "quoted"\nname', status: '200' });
    metrics.time('database', { operation: 'select' }, 0.1);
    const away = () => Promise.reject(new Error('away'));
    const text = await new Scrape({ metrics, tables: away, groups: away }).text();
    const { output } = check(['check', 'metrics'], text);
    const complaints = output
      .split('\n')
      .filter((line) => line !== '')
      // Node's own metrics are prom-client's business.
      .filter((line) => !/^(?:nodejs|process)_/.test(line));
    expect(complaints).toEqual([]);
  });
});
