import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PrometheusMetrics } from '../../src/ops/metrics.js';

// Dashboards and alert rules ask for metrics by name: each of them must be there, with the labels that are asked for.
const root = join(import.meta.dirname, '..', '..');
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

const dashboard = JSON.parse(read('ops', 'grafana', 'inventory-sync.json')) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly definition?: string }[] };
};
const rules = parse(read('ops', 'prometheus', 'inventory-sync.rules.yml')) as {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
};
const tested = parse(read('ops', 'prometheus', 'inventory-sync.rules.test.yml')) as {
  readonly tests: readonly {
    readonly alert_rule_test: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly object[];
    }[];
  }[];
};
const alerts = rules.groups.flatMap((group) => group.rules);
const queries = [
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...dashboard.templating.list.flatMap(({ definition }) => definition ?? []),
  ...alerts.map(({ expr }) => expr),
];

const NAME = /\b((?:inventory_sync|kafka|process|nodejs)_[a-z0-9_]+)\b/g;
const namesIn = (text: string) => [...text.matchAll(NAME)].map(([, name = '']) => name);

/** Labels by metric; a histogram has three names. */
async function registered(): Promise<Map<string, readonly string[]>> {
  const metrics = new PrometheusMetrics({ version: '1', command: 'worker', clean: (text) => text });
  const known = new Map<string, readonly string[]>();
  for (const one of metrics.registry.getMetricsAsArray()) {
    const { name, labelNames = [] } = one as unknown as { name: string; labelNames?: readonly string[] };
    const isHistogram = one.constructor.name === 'Histogram';
    if (!isHistogram) known.set(name, labelNames);
    else for (const end of ['_bucket', '_sum', '_count']) known.set(name + end, [...labelNames, 'le']);
  }
  return known;
}

describe('the Grafana dashboard and the alert rules', () => {
  it('ask only for metrics that there are', async () => {
    const known = await registered();
    expect(queries.length).toBeGreaterThan(40);
    expect([...new Set(queries.flatMap(namesIn))].filter((name) => !known.has(name))).toEqual([]);
  });

  it('show or judge every metric of ours', async () => {
    const asked = new Set(queries.flatMap(namesIn).map((name) => name.replace(/_(?:bucket|sum|count)$/, '')));
    const ours = [...(await registered()).keys()].filter((name) => /^(?:inventory_sync|kafka)_/.test(name));
    const names = ours.map((name) => name.replace(/_(?:bucket|sum|count)$/, ''));
    expect(names.filter((name) => !asked.has(name))).toEqual([]);
  });

  it('select by labels that the metric has', async () => {
    const known = await registered();
    const selectors = queries.flatMap((query) => [
      ...query.matchAll(/\b((?:inventory_sync|kafka)_[a-z0-9_]+)\{([^}]*)\}/g),
    ]);
    expect(selectors.length).toBeGreaterThan(10);
    for (const [, name = '', labels = ''] of selectors)
      for (const [, label] of labels.matchAll(/([a-z_]+)(?:=~|!~|!=|=)/g))
        expect(known.get(name), `${name}{${label}}`).toContain(label);
  });

  it('lie beside each other on the page, each with a number of its own', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    const overlaps = panels.filter((a, index) =>
      panels
        .slice(index + 1)
        .some(
          ({ gridPos: b }) =>
            a.gridPos.x < b.x + b.w &&
            b.x < a.gridPos.x + a.gridPos.w &&
            a.gridPos.y < b.y + b.h &&
            b.y < a.gridPos.y + a.gridPos.h,
        ),
    );
    expect(overlaps.map(({ title }) => title)).toEqual([]);
  });

  it('of every rule a test sees it fire', () => {
    const fired = new Set(
      tested.tests.flatMap((test) =>
        test.alert_rule_test
          .filter(({ exp_alerts }) => exp_alerts.length > 0)
          .map(({ alertname }) => alertname),
      ),
    );
    expect(alerts.map(({ alert }) => alert).filter((name) => !fired.has(name))).toEqual([]);
  });
});

describe('OpenTelemetry', () => {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name): [string, string] => [name, read('src', name)]);

  it('is known to one file, which is loaded only where a collector is set', () => {
    const users = files.filter(([, text]) => /from '@opentelemetry\//.test(text)).map(([name]) => name);
    expect(users).toEqual([join('ops', 'tracing.ts')]);
    const importers = files
      .filter(([, text]) => /from '[^']*\/tracing\.js'/.test(text))
      .map(([name]) => name);
    expect(importers).toEqual([]);
    expect(read('src', 'instruments.ts')).toMatch(
      /if \(endpoint === null\) return null;\n.*await import\('\.\/ops\/tracing\.js'\)/,
    );
  });
});
