import { from, lastValueFrom, type Observable, toArray } from 'rxjs';
import type { LogRecord } from '../ports/log-records.js';

/** One batch of a partition is one finite Observable: runs a topology over it and gathers what follows, in order. */
export function runBatch<T>(
  records: readonly LogRecord[],
  topology: (records: Observable<LogRecord>) => Observable<T>,
): Promise<readonly T[]> {
  return lastValueFrom(topology(from(records)).pipe(toArray()));
}
