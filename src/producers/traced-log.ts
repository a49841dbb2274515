import type { Tracer } from '../ports/instruments.js';
import type { RawLog, RawRecord } from '../ports/raw-log.js';

/** A log whose records say what they follow from, for as long as that is followed. */
export function tracedLog(log: RawLog, tracer: Tracer): RawLog {
  return {
    append: (partition, records) =>
      tracer.span('raw append', { attributes: { partition, records: records.length } }, () =>
        log.append(partition, withTrace(records, tracer.current())),
      ),
  };
}

function withTrace(records: readonly RawRecord[], traceparent: string | undefined): readonly RawRecord[] {
  if (traceparent === undefined) return records;
  return records.map((record) => ({ ...record, headers: { ...record.headers, traceparent } }));
}
