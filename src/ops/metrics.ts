import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Counters, Metrics, Timings } from '../ports/instruments.js';
import { LabelGuard, type Labels } from './label-guard.js';
import { COUNTERS, GAUGES, type GaugeName, TIMINGS } from './metric-names.js';

interface Guarded<M> {
  readonly metric: M;
  readonly guard: LabelGuard;
}

/** One value of a gauge. */
export interface Sample {
  readonly gauge: GaugeName;
  readonly labels: Labels;
  readonly value: number;
}

export interface PrometheusOptions {
  readonly version: string;
  /** The command that this process runs. */
  readonly command: string;
  /** Takes secrets out of a text. */
  readonly clean: (text: string) => string;
}

/** All metrics of a process, in Prometheus' form. Counting never throws. */
export class PrometheusMetrics implements Metrics {
  readonly registry = new Registry();
  readonly contentType: string;
  readonly #counters: ReadonlyMap<string, Guarded<Counter>>;
  readonly #timings: ReadonlyMap<string, Guarded<Histogram>>;
  readonly #gauges: ReadonlyMap<string, Guarded<Gauge>>;

  constructor({ version, command, clean }: PrometheusOptions) {
    const registers = [this.registry];
    this.contentType = this.registry.contentType;
    const guarded = <M>(metric: M): Guarded<M> => ({ metric, guard: new LabelGuard(clean) });
    this.#counters = new Map(
      Object.entries(COUNTERS).map(([key, { name, help, labels: labelNames }]) => [
        key,
        guarded(new Counter({ name, help, labelNames, registers })),
      ]),
    );
    this.#timings = new Map(
      Object.entries(TIMINGS).map(([key, { name, help, labels: labelNames, buckets }]) => [
        key,
        guarded(new Histogram({ name, help, labelNames, buckets: [...buckets], registers })),
      ]),
    );
    this.#gauges = new Map(
      Object.entries(GAUGES).map(([key, { name, help, labels: labelNames }]) => [
        key,
        guarded(new Gauge({ name, help, labelNames, registers })),
      ]),
    );
    collectDefaultMetrics({ register: this.registry });
    this.set(['info'], [{ gauge: 'info', labels: { version, command }, value: 1 }]);
  }

  count<N extends keyof Counters>(name: N, labels: Counters[N], by = 1): void {
    const found = this.#counters.get(name);
    if (found !== undefined && by > 0) found.metric.inc({ ...found.guard.of(labels) }, by);
  }

  time<N extends keyof Timings>(name: N, labels: Timings[N], seconds: number): void {
    const found = this.#timings.get(name);
    // A clock may have been put back meanwhile.
    if (found !== undefined) found.metric.observe({ ...found.guard.of(labels) }, Math.max(0, seconds));
  }

  /** These gauges have these values from now on, and no others. */
  set(gauges: readonly GaugeName[], samples: readonly Sample[]): void {
    for (const gauge of gauges) this.#gauges.get(gauge)?.metric.reset();
    for (const { gauge, labels, value } of samples) {
      const found = this.#gauges.get(gauge);
      found?.metric.set({ ...found.guard.of(labels) }, value);
    }
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
