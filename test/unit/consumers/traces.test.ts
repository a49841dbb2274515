import { describe, expect, it } from 'vitest';
import { carrying, tracesOf } from '../../../src/consumers/traces.js';
import { TOPICS } from '../../../src/events/topics.js';
import type { LogRecord, Output } from '../../../src/ports/log-records.js';

const headers = (traceparent: string | undefined) => (traceparent === undefined ? {} : { traceparent });
const record = (traceparent?: string) => ({ headers: headers(traceparent) }) as unknown as LogRecord;
const output = (traceparent?: string): Output => ({
  offset: 1,
  index: 0,
  topic: TOPICS.syncEvents,
  key: 'k',
  value: 'v',
  headers: { ce_id: 'x', ...headers(traceparent) },
});

describe('what a batch follows from', () => {
  it('is named once each, in the order of the records', () => {
    expect(tracesOf([record(), record('00-b-1-01'), record('00-a-1-01'), record('00-b-1-01')])).toEqual([
      '00-b-1-01',
      '00-a-1-01',
    ]);
  });

  it('is carried on by what follows from it, and by nothing else', () => {
    const outputs = [output('00-a-1-01'), output('00-b-1-01'), output()];
    expect(carrying(outputs, undefined)).toBe(outputs);
    expect(carrying(outputs, '00-a-9-01').map((one) => one.headers)).toEqual([
      { ce_id: 'x', traceparent: '00-a-9-01' },
      { ce_id: 'x', traceparent: '00-b-1-01' },
      { ce_id: 'x' },
    ]);
  });
});
