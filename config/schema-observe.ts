import { setting } from './setting.js';

/** What others may look at while the program runs, a part of `schema`. Nobody is asked who they are. */
export const metrics = {
  port: setting(
    'METRICS_PORT',
    'whole',
    null,
    'Port on which worker and schedule serve /metrics, /healthz and /readyz; 0: any free one; not set: none.',
    { min: 0, max: 65_535 },
  ),
  host: setting('METRICS_HOST', 'host', '127.0.0.1', 'Address on which METRICS_PORT listens.'),
};

/** Under the names that OpenTelemetry gives them everywhere, a part of `schema`. */
export const tracing = {
  endpoint: setting(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'http-url',
    null,
    'Collector that takes traces by OTLP over HTTP, http://host:4318; not set: no traces.',
  ),
  headers: setting(
    'OTEL_EXPORTER_OTLP_HEADERS',
    'secret',
    null,
    'Headers for the collector, name=value by commas.',
  ),
  share: setting('OTEL_TRACES_SAMPLER_ARG', 'share', 1, 'Share of runs whose traces are kept.'),
};
