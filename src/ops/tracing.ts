import { AsyncLocalStorage } from 'node:async_hooks';
import { hostname } from 'node:os';
import {
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { AppError, isAppError } from '../errors.js';
import type { SpanName, SpanOptions, Tracer } from '../ports/instruments.js';
import type { Logger } from '../ports/logger.js';
import { within } from './deadline.js';

export interface TracingOptions {
  /** OTEL_EXPORTER_OTLP_ENDPOINT: where the collector takes OTLP over HTTP; `/v1/traces` follows. */
  readonly endpoint: string;
  /** Headers for the collector, `name=value` by commas (OTEL_EXPORTER_OTLP_HEADERS). */
  readonly headers: string | null;
  /** Share of traces that are kept, 0 to 1 (OTEL_TRACES_SAMPLER_ARG). */
  readonly share: number;
  readonly version: string;
  readonly command: string;
  readonly logger: Logger;
}

/** Spans that go to a collector by OTLP over HTTP. */
export interface Tracing {
  readonly tracer: Tracer;
  /** Sends what is left; never throws, and takes no longer than three seconds. */
  close(): Promise<void>;
}

const EXPORT_MS = 5_000;
const EVERY_MS = 2_000;
const CLOSE_MS = 3_000;
const MOST_WAITING = 4_096;
const MOST_LINKS = 16;
const TELL_AGAIN_MS = 10 * 60_000;
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;
const NOTHING = /^0+$/;

/** Loaded only where a collector is set: it brings the whole of OpenTelemetry with it. */
export function openTracing(options: TracingOptions): Tracing {
  const exporter = new OTLPTraceExporter({
    url: `${options.endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: headersOf(options.headers),
    timeoutMillis: EXPORT_MS,
  });
  const provider = new BasicTracerProvider({
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.share) }),
    resource: resourceFromAttributes({
      'service.name': 'inventory-sync',
      'service.version': options.version,
      'service.instance.id': `${hostname()}:${process.pid}`,
      'process.command': options.command,
    }),
    spanProcessors: [
      new BatchSpanProcessor(telling(exporter, options.logger), {
        exportTimeoutMillis: EXPORT_MS,
        scheduledDelayMillis: EVERY_MS,
        maxQueueSize: MOST_WAITING,
      }),
    ],
  });
  return {
    tracer: new OtelTracer(provider.getTracer('inventory-sync', options.version)),
    close: () => within(CLOSE_MS, provider.shutdown(), tooSlow).catch(() => undefined),
  };
}

class OtelTracer implements Tracer {
  readonly #underWay = new AsyncLocalStorage<Span>();

  constructor(private readonly spans: ReturnType<BasicTracerProvider['getTracer']>) {}

  async span<T>(name: SpanName, { from, attributes }: SpanOptions, work: () => Promise<T>): Promise<T> {
    const causes = from === undefined ? [] : contextsOf(from());
    const parent = from === undefined ? this.#underWay.getStore()?.spanContext() : causes[0];
    const links = causes.slice(1, MOST_LINKS + 1).map((context): Link => ({ context }));
    const kind = name === 'api call' || name === 'send' ? SpanKind.CLIENT : SpanKind.INTERNAL;
    const options = { kind, links, ...(attributes === undefined ? {} : { attributes }) };
    const span = this.spans.startSpan(name, options, contextOf(parent));
    return this.#underWay.run(span, async () => {
      try {
        return await work();
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        // Its words may quote anything; the code is ours.
        span.setAttribute('error.type', isAppError(error) ? error.code : 'UNEXPECTED');
        throw error;
      } finally {
        span.end();
      }
    });
  }

  current(): string | undefined {
    const context = this.#underWay.getStore()?.spanContext();
    if (context === undefined) return undefined;
    const flags = context.traceFlags.toString(16).padStart(2, '0');
    return `00-${context.traceId}-${context.spanId}-${flags}`;
  }
}

function contextOf(parent: SpanContext | undefined): Context {
  return parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
}

/** One for each trace, in their order; what is no traceparent is left out. */
function contextsOf(traceparents: readonly string[]): SpanContext[] {
  const found = new Map<string, SpanContext>();
  for (const text of traceparents) {
    const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(text) ?? [];
    if (traceId === '' || NOTHING.test(traceId) || NOTHING.test(spanId) || found.has(traceId)) continue;
    found.set(traceId, { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true });
  }
  return [...found.values()];
}

/** A collector that is away is told of now and then, and changes nothing else. */
function telling(exporter: SpanExporter, logger: Logger): SpanExporter {
  let toldAt = Number.NEGATIVE_INFINITY;
  const tell = (error: unknown): void => {
    if (performance.now() - toldAt < TELL_AGAIN_MS) return;
    toldAt = performance.now();
    logger.warn({ error }, 'traces cannot be sent to OTEL_EXPORTER_OTLP_ENDPOINT; the work goes on without');
  };
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error !== undefined) tell(result.error);
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

/** `name=value` by commas, values as in URLs (OpenTelemetry's environment variables). */
function headersOf(text: string | null): Record<string, string> {
  const pairs = (text ?? '').split(',').flatMap((pair): [string, string][] => {
    const cut = pair.indexOf('=');
    return cut <= 0 ? [] : [[pair.slice(0, cut).trim(), decoded(pair.slice(cut + 1).trim())]];
  });
  return Object.fromEntries(pairs);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

const tooSlow = () => new AppError('TIMED_OUT', 'the collector does not answer');
