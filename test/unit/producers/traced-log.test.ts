import { describe, expect, it } from 'vitest';
import { NO_INSTRUMENTS, type Tracer } from '../../../src/ports/instruments.js';
import type { RawRecord } from '../../../src/ports/raw-log.js';
import { tracedLog } from '../../../src/producers/traced-log.js';

const record: RawRecord = { key: 'ozon:1:stocks', value: '{}', headers: { ce_id: 's/1' } };

describe('the raw log', () => {
  const append = async (tracer: Tracer) => {
    const written: RawRecord[] = [];
    const log = { append: async (_: number, records: readonly RawRecord[]) => void written.push(...records) };
    await tracedLog(log, tracer).append(3, [record]);
    return written;
  };

  it('is written as it was while nothing is followed', async () => {
    expect(await append(NO_INSTRUMENTS.tracer)).toEqual([record]);
  });

  it('names the span that wrote it, beside the headers that it has', async () => {
    const spans: unknown[] = [];
    const traced = await append({
      span: (name, { attributes }, work) => {
        spans.push([name, attributes]);
        return work();
      },
      current: () => '00-aa-bb-01',
    });
    expect(traced).toEqual([{ ...record, headers: { ce_id: 's/1', traceparent: '00-aa-bb-01' } }]);
    expect(record.headers).toEqual({ ce_id: 's/1' });
    expect(spans).toEqual([['raw append', { partition: 3, records: 1 }]]);
  });
});
