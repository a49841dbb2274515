import type { SpanName } from '../ports/instruments.js';
import type { LogRecord, Output } from '../ports/log-records.js';
import type { ConsumerApp } from '../ports/partition-processor.js';

/** What a step of each app is called where it is followed. */
export const STEP_SPANS: Readonly<Record<ConsumerApp['name'], SpanName>> = {
  projector: 'projector batch',
  anomaly: 'rule judgement',
  mailer: 'alert entering',
};

/** What these records follow from, each once. */
export function tracesOf(records: readonly LogRecord[]): readonly string[] {
  return [...new Set(records.flatMap(({ headers }) => headers.traceparent ?? []))];
}

/**
 * Outputs that follow from the span under way instead of from the one that wrote their record: only those of the same
 * trace, for a batch may hold records of several.
 */
export function carrying(outputs: readonly Output[], traceparent: string | undefined): readonly Output[] {
  if (traceparent === undefined) return outputs;
  const trace = traceOf(traceparent);
  return outputs.map((output) =>
    traceOf(output.headers.traceparent) === trace
      ? { ...output, headers: { ...output.headers, traceparent } }
      : output,
  );
}

/** `00-<trace>-<span>-<flags>` */
function traceOf(traceparent: string | undefined): string | undefined {
  return traceparent?.split('-')[1];
}
