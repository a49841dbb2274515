/** Part of the composition root: what measures and follows the work, by the settings. */
import type { LoadedConfig } from '../config/load.js';
import type { PrometheusMetrics } from './ops/metrics.js';
import type { SendUp } from './ops/metrics-relay.js';
import { redact } from './ops/secrets.js';
import { programVersion } from './ops/version.js';
import { type Instruments, type Metrics, NO_INSTRUMENTS } from './ports/instruments.js';
import type { Logger } from './ports/logger.js';

export interface OpenInstruments extends Instruments {
  /** Where the process serves its own metrics. */
  readonly prometheus: PrometheusMetrics | null;
  /** Tells what has not been told yet. Never throws, and takes some seconds at most. */
  close(): Promise<void>;
}

export interface InstrumentsOptions {
  readonly loaded: LoadedConfig;
  readonly logger: Logger;
  /** The command's name. */
  readonly command: string;
  /** `serve`: METRICS_PORT shows them; `tell`: the parent process does, where there is one that listens. */
  readonly metrics: 'serve' | 'tell';
  /** To the scheduler, for its jobs. */
  readonly send?: SendUp | undefined;
}

/** Loads only what the settings ask for. */
export async function openInstruments(options: InstrumentsOptions): Promise<OpenInstruments> {
  const { loaded, logger, command } = options;
  const isMeasured = loaded.config.metrics.port !== null;
  const prometheus = isMeasured && options.metrics === 'serve' ? await openPrometheus(options) : null;
  const relay =
    isMeasured && options.metrics === 'tell' && options.send !== undefined
      ? new (await import('./ops/metrics-relay.js')).MetricsRelay(options.send)
      : null;
  const tracing = await openTraces(loaded, logger, command);
  const metrics: Metrics = prometheus ?? relay ?? NO_INSTRUMENTS.metrics;
  return {
    metrics,
    tracer: tracing?.tracer ?? NO_INSTRUMENTS.tracer,
    prometheus,
    async close() {
      await Promise.all([relay?.close(), tracing?.close()]);
    },
  };
}

async function openPrometheus({ loaded, command }: InstrumentsOptions): Promise<PrometheusMetrics> {
  const { PrometheusMetrics: Open } = await import('./ops/metrics.js');
  return new Open({
    version: programVersion(),
    command,
    clean: (text) => redact(text, loaded.secrets),
  });
}

async function openTraces({ config }: LoadedConfig, logger: Logger, command: string) {
  const { endpoint, headers, share } = config.tracing;
  if (endpoint === null) return null;
  const { openTracing } = await import('./ops/tracing.js');
  const own = { endpoint, headers: headers?.reveal() ?? null, share };
  return openTracing({ ...own, version: programVersion(), command, logger });
}
