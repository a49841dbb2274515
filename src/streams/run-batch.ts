import { from, lastValueFrom, type Observable, toArray } from 'rxjs';
import type { LogRecord } from '../ports/log-records.js';

/** Milliseconds of work in one go: what waits for the event loop meanwhile, a database before all, stands still. */
const IN_ONE_GO_MS = 4;

/** One batch of a partition is one finite Observable: runs a topology over it and gathers what follows, in order. */
export function runBatch<T>(
  records: readonly LogRecord[],
  topology: (records: Observable<LogRecord>) => Observable<T>,
): Promise<readonly T[]> {
  return lastValueFrom(topology(from(unhurried(records))).pipe(toArray()));
}

/** Lets others have their turn between records. */
export async function* unhurried<T>(items: Iterable<T>): AsyncGenerator<T> {
  let since = performance.now();
  for (const item of items) {
    if (performance.now() - since > IN_ONE_GO_MS) {
      await new Promise(setImmediate);
      since = performance.now();
    }
    yield item;
  }
}
