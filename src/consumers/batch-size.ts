import type { LogRecord } from '../ports/log-records.js';

export interface BatchLimits {
  readonly records: number;
  /** Of all values together; a single record may be larger. */
  readonly bytes: number;
}

/** How many of the first records go together: at least one, and no more than the limits allow. */
export function countWithin(records: readonly LogRecord[], limits: BatchLimits): number {
  let bytes = 0;
  let count = 0;
  for (const { value } of records) {
    bytes += value?.length ?? 0;
    if (count === limits.records || (count > 0 && bytes > limits.bytes)) break;
    count += 1;
  }
  return Math.max(1, count);
}
