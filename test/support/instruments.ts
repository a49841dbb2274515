import type { Instruments, SpanName } from '../../src/ports/instruments.js';

/** Everything that is counted, timed and followed, as it comes. */
export class RecordedInstruments implements Instruments {
  /** `name label,label` → sum. */
  readonly counts: Record<string, number> = {};
  /** `name label,label` → seconds. */
  readonly times: Record<string, number[]> = {};
  readonly spans: { readonly name: SpanName; readonly from: readonly string[] | undefined }[] = [];

  readonly metrics: Instruments['metrics'] = {
    count: (name, labels, by = 1) => {
      const key = `${name} ${Object.values(labels).join(',')}`;
      this.counts[key] = (this.counts[key] ?? 0) + by;
    },
    time: (name, labels, seconds) => {
      const key = `${name} ${Object.values(labels).join(',')}`;
      this.times[key] = [...(this.times[key] ?? []), seconds];
    },
  };

  readonly tracer: Instruments['tracer'] = {
    span: (name, { from }, work) => {
      this.spans.push({ name, from: from?.() });
      return work();
    },
    current: () => undefined,
  };
}
